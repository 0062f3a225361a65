package site

import (
	"strings"

	"hisn/content"
	"hisn/locales"
	"hisn/server/view"
)

// triageQuestion is a question with its answers. Name groups the answers, so
// that browsers which know exclusive details close one when another opens.
type triageQuestion struct {
	Ask     string
	Name    string
	Top     bool
	Urgent  bool
	Options []triageOption
}

type triageOption struct {
	Title  string
	Blocks []triageBlock
}

// triageBlock is one thing under an answer; exactly one field is set (Page and
// PageKey together).
type triageBlock struct {
	Say     string
	Do      []string
	Calls   []channelView
	Fixes   []fixLink
	Page    string
	PageKey string
	Sheet   bool
	Tool    *toolView
	Ask     *triageQuestion
}

type toolView struct {
	URL   string
	Words content.ToolWords
}

// sheetField is one field of the evidence sheet.
type sheetField struct {
	ID      string
	Kind    content.FieldKind
	Latin   bool
	Words   content.FieldWords
	Options []string
}

// sentence is one sentence of the statement, cut at the place of its field.
type sentence struct {
	Field         string
	Before, After string
}

type nowPage struct {
	view.Page
	Sealed    bool // whether a sealed report can be written now
	Lead      []string
	Sections  []triageQuestion
	Sheet     content.SheetWords
	Fields    []sheetField
	Statement []sentence
	AskFirst  []string
	Sources   sourceView
}

func (b *builder) nowPage(l locales.Lang) any {
	t := b.lib.Triage
	w := t.Words.For(l)
	p := nowPage{
		Page: b.titled(l, "/now", w.Title), Sheet: w.Sheet, Sealed: b.set.Sealed,
		Sources: b.sources(t.Due, "", t.Sources),
	}
	for _, k := range content.Leads() {
		p.Lead = append(p.Lead, w.Lead[k])
	}
	for _, s := range t.Sections {
		q := b.question(l, s, s)
		q.Top = true
		p.Sections = append(p.Sections, q)
	}
	for _, f := range t.Sheet.Fields {
		p.Fields = append(p.Fields, b.field(l, f, w.Sheet.Fields[f.ID]))
	}
	for _, id := range t.Sheet.Statement {
		p.Statement = append(p.Statement, newSentence(w.Sheet.Statement[id]))
	}
	for _, id := range t.Sheet.Questions {
		p.AskFirst = append(p.AskFirst, w.Sheet.Questions[id])
	}
	return p
}

// question prepares one question; place is unique on the page, because the
// same question may stand under several answers.
func (b *builder) question(l locales.Lang, id, place string) triageQuestion {
	t := b.lib.Triage
	w := t.Words.For(l)
	q := triageQuestion{Ask: w.Questions[id], Name: place, Urgent: t.Questions[id].Urgent}
	for _, o := range t.Questions[id].Options {
		option := triageOption{Title: w.Nodes[o].Title}
		for _, block := range t.Nodes[o].Blocks {
			option.Blocks = append(option.Blocks, b.block(l, block, w.Nodes[o], place+"-"+o))
		}
		q.Options = append(q.Options, option)
	}
	return q
}

func (b *builder) block(l locales.Lang, block content.Block, w content.NodeWords, place string) triageBlock {
	v := triageBlock{Say: w.Say[block.Say], Fixes: b.fixLinks(block.Fixes, l)}
	for _, k := range block.Do {
		v.Do = append(v.Do, w.Do[k])
	}
	for _, id := range b.lib.Directory.Sets[block.Call] {
		if c, ok := b.lib.Directory.Channel(id); ok {
			v.Calls = append(v.Calls, b.channel(l, c))
		}
	}
	switch {
	case block.Page == "sheet":
		v.Sheet = true
	case block.Page != "":
		v.Page = "/" + block.Page
		v.PageKey = v.Page
	case block.Tool != "":
		tool := b.lib.Triage.Tools[block.Tool]
		v.Tool = &toolView{tool.URL, b.lib.Triage.Words.For(l).Tools[block.Tool]}
	case block.Ask != "":
		q := b.question(l, block.Ask, place+"-"+block.Ask)
		v.Ask = &q
	}
	return v
}

func (b *builder) field(l locales.Lang, f content.Field, w content.FieldWords) sheetField {
	v := sheetField{ID: f.ID, Kind: f.Kind, Latin: f.Latin, Words: w}
	for _, o := range f.Options {
		v.Options = append(v.Options, w.Options[o])
	}
	if f.Kind == content.Governorate {
		names := b.lib.Directory.Words.For(l).Governorates
		for _, r := range b.lib.Directory.Regions {
			for _, g := range r.Governorates {
				v.Options = append(v.Options, names[g])
			}
		}
	}
	return v
}

func newSentence(text string) sentence {
	field := content.Placeholder(text)
	if field == "" {
		return sentence{Before: text}
	}
	before, after, _ := strings.Cut(text, "{"+field+"}")
	return sentence{field, before, after}
}
