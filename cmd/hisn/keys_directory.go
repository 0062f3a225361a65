package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hisn/server/desks"
	"hisn/server/seal"
)

// draft makes or changes the text of a directory: one desk, the number, and the
// dates. It is checked when it is signed.
func (e env) draft(f *keysFlags, args []string) error {
	d, err := readDraft(args[0])
	if err != nil {
		return err
	}
	d.date(f.days)
	at := slices.IndexFunc(d.Desks, func(x desks.Desk) bool { return x.ID == f.desk.ID })
	switch {
	case f.desk.ID == "":
	case f.remove && at < 0:
		return fmt.Errorf("the draft has no desk %s", f.desk.ID)
	case f.remove:
		d.Desks = slices.Delete(d.Desks, at, at+1)
	default:
		desk, err := f.deskOf()
		if err != nil {
			return err
		}
		if at < 0 {
			d.Desks = append(d.Desks, desk)
		} else {
			d.Desks[at] = desk
		}
	}
	return e.writeDraft(args[0], d)
}

// draftOf is a directory that is being written.
type draftOf struct{ *desks.Directory }

func readDraft(file string) (draftOf, error) {
	d := draftOf{&desks.Directory{V: 1}}
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(textOf(raw), d.Directory); err != nil {
		return d, fmt.Errorf("%s is no draft of a directory", file)
	}
	return d, nil
}

// textOf is the text of a note, without its signatures; or raw, if it has none.
func textOf(raw []byte) []byte {
	if i := bytes.LastIndex(raw, []byte("\n\n— ")); i >= 0 {
		return raw[:i+1]
	}
	return raw
}

// date gives the directory the next number and makes it hold from yesterday,
// since clocks differ.
func (d draftOf) date(days int) {
	today := time.Now().UTC()
	d.Seq++
	d.NotBefore = today.AddDate(0, 0, -1).Format(time.DateOnly)
	d.NotAfter = today.AddDate(0, 0, days).Format(time.DateOnly)
}

func (e env) writeDraft(file string, d draftOf) error {
	raw, err := json.MarshalIndent(d.Directory, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "number %d, %d desks, valid to %s\n", d.Seq, len(d.Desks), d.NotAfter)
	if err := d.Check(); err != nil {
		fmt.Fprintf(e.out, "not ready to be signed: %v\n", err)
	}
	return nil
}

// deskOf is the desk that the flags describe.
func (f *keysFlags) deskOf() (desks.Desk, error) {
	d := f.desk
	d.Epoch = f.epoch
	d.Names, d.Hours = map[string]string{}, map[string]string{}
	for l, name := range f.names {
		d.Names[l] = *name
	}
	for l, hours := range f.hours {
		if *hours != "" {
			d.Hours[l] = *hours
		}
	}
	if f.governorates != "" {
		d.Governorates = strings.Split(f.governorates, ",")
	}
	words, err := seal.Fingerprint(d.Recipient, "en")
	if err != nil {
		return d, fmt.Errorf("%w: --recipient is no age1pq1… key", errUsage)
	}
	d.Fingerprint = words
	return d, nil
}

// rotate gives a desk of a draft a new key. The old identity is kept for what
// was sealed to it.
func (e env) rotate(f *keysFlags, args []string) error {
	if err := f.needsOut(); err != nil {
		return err
	}
	d, err := readDraft(args[0])
	if err != nil {
		return err
	}
	at := slices.IndexFunc(d.Desks, func(x desks.Desk) bool { return x.ID == args[1] })
	if at < 0 || f.epoch == "" || d.Desks[at].Epoch == f.epoch {
		return fmt.Errorf("%w: the draft must have the desk, and --epoch must be a new one", errUsage)
	}
	recipient, err := e.deskKey(f, args[1])
	if err != nil {
		return err
	}
	words, err := seal.Fingerprint(recipient, "en")
	if err != nil {
		return err
	}
	desk := &d.Desks[at]
	desk.Recipient, desk.Epoch, desk.Fingerprint, desk.Status = recipient, f.epoch, words, desks.Open
	d.date(f.days)
	if err := e.writeDraft(args[0], d); err != nil {
		return err
	}
	printKey(e.out, args[1], f.epoch, recipient)
	const old = 97 // days: what was sealed to the old key, cases too, has expired by then
	fmt.Fprintf(e.out, "Keep the old identity until %s, then destroy it in front of a witness.\n",
		time.Now().UTC().AddDate(0, 0, old).Format(time.DateOnly))
	return nil
}

// sign adds one signature to a draft, or to a note that others have signed.
func (e env) sign(f *keysFlags, args []string) error {
	if f.key == "" {
		return fmt.Errorf("%w: --key FILE is needed", errUsage)
	}
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	d, err := desks.Parse(textOf(raw))
	if err != nil {
		return err
	}
	pass, err := e.passphrase(f.passFile, f.key)
	if err != nil {
		return err
	}
	private, err := unlock(f.key, pass)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(private)))
	if err != nil {
		return fmt.Errorf("%s is no key of a signer", f.key)
	}
	n := &note.Note{Text: string(textOf(raw))}
	if others, err := note.Open(raw, note.VerifierList()); err == nil {
		n = others
	} else if unverified := new(note.UnverifiedNoteError); errors.As(err, &unverified) {
		n = unverified.Note
	}
	signed, err := note.Sign(n, signer)
	if err != nil {
		return err
	}
	out := cmp.Or(f.out, args[0])
	if err := os.WriteFile(out, signed, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s has signed number %d, %d desks, valid to %s\n", signer.Name(), d.Seq, len(d.Desks), d.NotAfter)
	return nil
}

// verifyNote says whether a directory is good now.
func (e env) verifyNote(f *keysFlags, args []string) error {
	if f.signers == "" {
		return fmt.Errorf("%w: --signers FILE is needed", errUsage)
	}
	lines, err := os.ReadFile(f.signers)
	if err != nil {
		return err
	}
	signers, err := desks.ParseSigners(lines)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	d, err := desks.Verify(raw, signers, 0, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "good: number %d, %d desks, valid to %s\n", d.Seq, len(d.Desks), d.NotAfter)
	return nil
}

// showNote prints a directory for people to compare with posters.
func (e env) showNote(_ *keysFlags, args []string) error {
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	d, err := desks.Parse(textOf(raw))
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "number %d, valid from %s to %s; signatures are not looked at here\n\n", d.Seq, d.NotBefore, d.NotAfter)
	t := tabwriter.NewWriter(e.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "desk\tname\tstatus\tepoch\twords")
	for _, x := range d.Desks {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", x.ID, x.Names["en"], x.Status, x.Epoch, strings.Join(x.Fingerprint, " "))
	}
	return t.Flush()
}

// install puts a signed directory into the folder of a site. A running site
// takes it at once; one that had none must be started again.
func (e env) install(f *keysFlags, args []string) error {
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	d, err := desks.Install(f.data, raw, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "installed: number %d, %d desks, valid to %s\n", d.Seq, len(d.Desks), d.NotAfter)
	return nil
}
