package content

import "hisn/locales"

// Triage is the page for somebody to whom it is happening: questions whose
// options open blocks in place. The same node may be reached from several
// questions; the page then repeats it.
type Triage struct {
	ID        string              `yaml:"id"`
	Due       `yaml:",inline"`    // when the facts were checked
	Sources   []string            `yaml:"sources"`
	Sections  []string            `yaml:"sections"` // questions at the top level
	Questions map[string]Question `yaml:"questions"`
	Nodes     map[string]Node     `yaml:"nodes"`
	Tools     map[string]Tool     `yaml:"tools"`
	Sheet     Sheet               `yaml:"sheet"`

	Words Words[TriageWords] `yaml:"-"`
}

// Question is asked; each option is a node. From an option of an urgent
// question a human is one step away.
type Question struct {
	Urgent  bool     `yaml:"urgent"`
	Options []string `yaml:"options"`
}

// Node is an answer and what follows from it, in reading order.
type Node struct {
	Blocks []Block `yaml:"blocks"`
}

// Block is exactly one of its fields.
type Block struct {
	Say   string   `yaml:"say"`   // a paragraph
	Do    []string `yaml:"do"`    // numbered acts
	Call  string   `yaml:"call"`  // a set of channels of the directory
	Fixes []string `yaml:"fixes"` // links to fixes
	Page  string   `yaml:"page"`  // a link to another page of ours, or "sheet"
	Tool  string   `yaml:"tool"`  // an outside service
	Ask   string   `yaml:"ask"`   // a nested question
}

// Tool is a service of somebody else that really helps.
type Tool struct {
	URL     string   `yaml:"url"`
	Sources []string `yaml:"sources"`
}

// Sheet is the evidence sheet and the statement made from it. It is filled in
// on the page and goes nowhere.
type Sheet struct {
	Fields    []Field  `yaml:"fields"`    // in the order an officer needs
	Statement []string `yaml:"statement"` // sentences, in order
	Questions []string `yaml:"questions"` // to ask before telling everything
}

// FieldKind says how a field of the sheet is filled in.
type FieldKind string

// The kinds of fields.
const (
	Line        FieldKind = "line"
	LongText    FieldKind = "text"
	Choice      FieldKind = "choice"
	Many        FieldKind = "many"
	Day         FieldKind = "date" // as somebody would say it; a date picker speaks the browser's language
	Governorate FieldKind = "governorate"
)

// Field is one field of the sheet. Latin marks one that is written left to
// right, such as a profile address.
type Field struct {
	ID      string    `yaml:"id"`
	Kind    FieldKind `yaml:"kind"`
	Latin   bool      `yaml:"latin"`
	Options []string  `yaml:"options"`
}

// TriageWords are the words of the triage.
type TriageWords struct {
	Head      `yaml:",inline"`
	Title     string               `yaml:"title"`
	Lead      map[string]string    `yaml:"lead"`
	Questions map[string]string    `yaml:"questions"`
	Nodes     map[string]NodeWords `yaml:"nodes"`
	Tools     map[string]ToolWords `yaml:"tools"`
	Sheet     SheetWords           `yaml:"sheet"`
}

// Leads lists the keys of TriageWords.Lead in reading order. "Do not delete"
// comes last because it is the one that the following screens build on.
func Leads() []string { return []string{"fault", "trouble", "pay", "send", "delete"} }

// NodeWords are the words of one node.
type NodeWords struct {
	Title string            `yaml:"title"`
	Say   map[string]string `yaml:"say"`
	Do    map[string]string `yaml:"do"`
}

// ToolWords say whom a tool is for and what it cannot do.
type ToolWords struct {
	Name   string `yaml:"name"`
	What   string `yaml:"what"`
	Limits string `yaml:"limits"`
}

// SheetWords are the words of the evidence sheet.
type SheetWords struct {
	Title          string                `yaml:"title"`
	Intro          string                `yaml:"intro"`
	StatementTitle string                `yaml:"statement_title"`
	StatementIntro string                `yaml:"statement_intro"`
	QuestionsTitle string                `yaml:"questions_title"`
	Fields         map[string]FieldWords `yaml:"fields"`
	Statement      map[string]string     `yaml:"statement"` // "{field}" marks the place of a field
	Questions      map[string]string     `yaml:"questions"`
}

// FieldWords are the words of one field.
type FieldWords struct {
	Label   string            `yaml:"label"`
	Hint    string            `yaml:"hint"`
	Options map[string]string `yaml:"options"`
}

func (t *Triage) name() string { return t.ID }

func (t *Triage) dueDate() *Due { return &t.Due }

func (t *Triage) setWords(l locales.Lang, f file) (Head, error) { return set(&t.Words, l, f) }
