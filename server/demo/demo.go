// Package demo makes what a demonstration of the sealed report needs and a real
// site must never have: a directory whose signing keys are thrown away at once,
// two desks, and their keys lying open in a folder, so that report, desk, reply
// and mailbox can be walked in a minute.
package demo

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"hisn/server/desks"
	"hisn/server/seal"
)

// Officers takes the demonstration's officers on. The secret is that of the
// authenticator app, in base32.
type Officers interface {
	AddEnrolled(ctx context.Context, login, desk string) (password, secret string, err error)
}

// Kit is a demonstration that is ready to be walked.
type Kit struct {
	Dir      string
	Officers []Officer
}

// Officer is one officer of the demonstration, with everything to sign in.
type Officer struct {
	Login, Desk, Password, Secret, Identity string
}

// plan is one desk of the demonstration.
type plan struct {
	id, kind, region, login string
	governorates            []string
	women                   bool
	names                   map[string]string
}

func plans() []plan {
	return []plan{
		{
			"IQ-BG", desks.KindDesk, "federal", "demo-baghdad", []string{"baghdad"}, true,
			map[string]string{"ar": "بغداد (عرض تجريبي)", "ckb": "بەغدا (نموونە)", "en": "Baghdad (demonstration)"},
		},
		{
			"IQ-SU", desks.KindDesk, "krg", "demo-sulaymaniyah", []string{"sulaymaniyah"}, false,
			map[string]string{"ar": "السليمانية (عرض تجريبي)", "ckb": "سلێمانی (نموونە)", "en": "Sulaymaniyah (demonstration)"},
		},
	}
}

// Make fills dir, which should be empty, with a signed directory for a month
// and the keys of its desks.
func Make(dir string, now time.Time, random io.Reader) (*Kit, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	k := &Kit{Dir: dir}
	day := now.UTC()
	d := &desks.Directory{
		V: 1, Seq: int(day.Unix() / 60), NotBefore: day.AddDate(0, 0, -1).Format(time.DateOnly),
		NotAfter: day.AddDate(0, 1, 0).Format(time.DateOnly),
	}
	for _, p := range plans() {
		desk, file, err := p.desk(dir, day)
		if err != nil {
			return nil, err
		}
		d.Desks = append(d.Desks, desk)
		k.Officers = append(k.Officers, Officer{Login: p.login, Desk: p.id, Identity: file})
	}
	return k, sign(dir, d, random)
}

// desk makes the key of a desk and writes it into dir.
func (p plan) desk(dir string, day time.Time) (desks.Desk, string, error) {
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		return desks.Desk{}, "", err
	}
	file := filepath.Join(dir, strings.ToLower(p.id)+".key")
	text := "# a desk of the demonstration: worth nothing\n" + key.String() + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return desks.Desk{}, "", err
	}
	recipient := key.Recipient().String()
	words, err := seal.Fingerprint(recipient, "en")
	if err != nil {
		return desks.Desk{}, "", err
	}
	return desks.Desk{
		ID: p.id, Kind: p.kind, Names: p.names, Region: p.region, Governorates: p.governorates, Women: p.women,
		Status: desks.Open, Recipient: recipient, Epoch: fmt.Sprintf("%dQ%d", day.Year(), (int(day.Month())+2)/3), Fingerprint: words,
	}, file, nil
}

// sign signs the directory with three keys, which nobody keeps.
func sign(dir string, d *desks.Directory, random io.Reader) error {
	const witnesses = 3
	var by []note.Signer
	lines := "# who signs the demonstration: keys that were thrown away\nthreshold 2\n"
	for i := range witnesses {
		private, public, err := note.GenerateKey(random, fmt.Sprintf("demo-witness-%d", i+1))
		if err != nil {
			return err
		}
		signer, err := note.NewSigner(private)
		if err != nil {
			return err
		}
		by, lines = append(by, signer), lines+public+"\n"
	}
	text, err := d.Text()
	if err != nil {
		return err
	}
	raw, err := note.Sign(&note.Note{Text: string(text)}, by...)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, desks.SignersFile), []byte(lines), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, desks.NoteFile), raw, 0o600)
}

// Hire takes the officers of the kit on.
func (k *Kit) Hire(ctx context.Context, book Officers) error {
	for i := range k.Officers {
		o := &k.Officers[i]
		var err error
		if o.Password, o.Secret, err = book.AddEnrolled(ctx, o.Login, o.Desk); err != nil {
			return fmt.Errorf("taking on %s: %w", o.Login, err)
		}
	}
	return nil
}

// Print says how to walk the demonstration.
func (k *Kit) Print(w io.Writer, site, server string) error {
	fmt.Fprintf(w, "\nA demonstration. Nothing in it is real; do not use it for a report.\n\n"+
		"1. Write a report at %s and choose a desk.\n"+
		"2. Open that desk with its line below, in another terminal, and sign in.\n"+
		"3. Reply, and read the reply on the site with the code.\n\n", site)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, o := range k.Officers {
		fmt.Fprintf(t, "desk\t%s\n  officer\t%s\n  password\t%s\n  totp secret\t%s\n  open\thisn desk --server %s --site %s --signers %s --identity %s\n\n",
			o.Desk, o.Login, o.Password, o.Secret, server, strings.TrimSuffix(site, "/"), filepath.Join(k.Dir, desks.SignersFile), o.Identity)
	}
	return t.Flush()
}
