package casework

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"filippo.io/age"

	"hisn/server/seal"
)

// Export writes threads to w, sealed to one named recipient: an age file with a
// ZIP archive inside, which holds the same twice, as a table for eyes (CSV) and
// as data (JSON). Names of files say nothing. What the reporter typed stands in
// the table with its unseen characters made visible, and exactly as it was in
// the data. Keys to answer the reporter, and rights to remove blobs, are left out.
func Export(w io.Writer, threads []Thread, to seal.Recipient) error {
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	archive := zip.NewWriter(sealed)
	table, err := archive.Create("1.csv")
	if err == nil {
		err = writeTable(table, threads)
	}
	if err != nil {
		return fmt.Errorf("exporting the table: %w", err)
	}
	data, err := archive.Create("1.json")
	if err == nil {
		err = writeData(data, threads)
	}
	if err != nil {
		return fmt.Errorf("exporting the data: %w", err)
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	if err := sealed.Close(); err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	return nil
}

func columns() []string {
	return []string{
		"thread", "state", "labels", "assignee", "from", "day", "kind", "about", "what", "want", "who", "where", "since",
		"paid", "shared", "danger", "age", "wishes", "text", "handles", "reach", "when", "files", "note",
	}
}

// writeTable writes one line for each message.
func writeTable(w io.Writer, threads []Thread) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // spreadsheets take it for the mark of UTF-8
		return err
	}
	c := csv.NewWriter(w)
	if err := c.Write(columns()); err != nil {
		return err
	}
	for n, t := range threads {
		for _, m := range t.Messages {
			row := []string{strconv.Itoa(n + 1), t.State, strings.Join(t.Labels, " "), t.Assignee, m.From, m.Day, m.State}
			f, files, text := seal.Fields{}, []string{}, m.Text
			if m.Report != nil {
				f, text = m.Report.F, m.Report.F.Text
				for _, h := range m.Report.Hashes {
					files = append(files, fmt.Sprintf("%s %d %s", h.SHA256, h.Size, h.Mime))
				}
			}
			many := func(list []string) string { return strings.Join(list, " ") }
			row = append(row, f.About, many(f.What), many(f.Want), f.Who, many(f.Where), f.Since, f.Paid, f.Shared,
				many(f.Danger), f.Age, many(t.Wishes()), text, f.Handles, f.Reach, f.When, strings.Join(files, "\n"), t.Note)
			for i := range row {
				row[i] = Cell(row[i])
			}
			if err := c.Write(row); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

// Cell makes a text safe for a spreadsheet: one that a program would take for a
// formula gets an apostrophe before it, and unseen characters are made visible.
func Cell(text string) string {
	text = Plain(text)
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}

// Wishes returns the flags of a thread by the names they have in the format.
func (t Thread) Wishes() []string {
	var out []string
	for _, f := range []struct {
		name string
		on   bool
	}{
		{"no_contact", t.Flags.NoContact},
		{"no_local", t.Flags.NoLocal},
		{"woman_officer", t.Flags.WomanOfficer},
		{"national", t.Flags.National},
		{"move_ok", t.Flags.MoveOK},
	} {
		if f.on {
			out = append(out, f.name)
		}
	}
	return out
}

// exported is a thread as data.
type exported struct {
	Thread   int               `json:"thread"`
	State    string            `json:"state"`
	Labels   []string          `json:"labels"`
	Assignee string            `json:"assignee"`
	Note     string            `json:"note"`
	Desk     string            `json:"desk"`
	Wishes   []string          `json:"wishes"`
	Messages []exportedMessage `json:"messages"`
}

type exportedMessage struct {
	From    string          `json:"from"`
	Day     string          `json:"day"`
	State   string          `json:"state"`
	Claimed bool            `json:"claimed,omitempty"`
	Text    string          `json:"text,omitempty"`
	Fields  *seal.Fields    `json:"fields,omitempty"`
	Files   []seal.FileHash `json:"files,omitempty"`
}

func writeData(w io.Writer, threads []Thread) error {
	out := make([]exported, 0, len(threads))
	for n, t := range threads {
		e := exported{
			Thread: n + 1, State: t.State, Labels: t.Labels, Assignee: t.Assignee, Note: t.Note, Desk: t.Desk, Wishes: t.Wishes(),
		}
		for _, m := range t.Messages {
			x := exportedMessage{From: m.From, Day: m.Day, State: m.State, Claimed: m.Claimed, Text: m.Text}
			if m.Report != nil {
				x.Fields, x.Files = &m.Report.F, m.Report.Hashes
			}
			e.Messages = append(e.Messages, x)
		}
		out = append(out, e)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
