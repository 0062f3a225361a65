package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"hisn/server/desks"
	"hisn/server/seal"
	"hisn/server/share"
	"hisn/static"
)

// keysCommand is one part of hisn keys. All of them work without a network; the
// guide for operators (.github/OPERATING.md) says who does what, and where.
type keysCommand struct {
	args string // what stands after the flags
	run  func(e env, f *keysFlags, args []string) error
}

func keysCommands() map[string]keysCommand {
	return map[string]keysCommand{
		"new-signer": {"NAME", (env).newSigner},
		"new-desk":   {"ID", (env).newDesk},
		"draft":      {"FILE", (env).draft},
		"sign":       {"FILE", (env).sign},
		"verify":     {"NOTE", (env).verifyNote},
		"show":       {"NOTE", (env).showNote},
		"rotate":     {"FILE ID", (env).rotate},
		"install":    {"NOTE", (env).install},
		"split":      {"FILE", (env).split},
		"join":       {"PART PART", (env).join},
	}
}

// keysFlags are the flags of all parts; each uses a few.
type keysFlags struct {
	out, passFile, epoch, key, signers, data string
	desk                                     desks.Desk
	names                                    map[string]*string
	hours                                    map[string]*string
	governorates                             string
	remove                                   bool
	days                                     int
}

func (f *keysFlags) set(fs *flag.FlagSet) {
	fs.StringVar(&f.out, "out", "", "file to write; one that exists is not overwritten")
	fs.StringVar(&f.passFile, "passphrase-file", "", "file with the passphrase, instead of typing or drawing one")
	fs.StringVar(&f.epoch, "epoch", "", "epoch of a desk's key, such as 2026Q4")
	fs.StringVar(&f.key, "key", "", "sign: the signer's locked key")
	fs.StringVar(&f.signers, "signers", "", "verify: file with the signers")
	fs.StringVar(&f.data, "data", "data", "install: folder of the site")
	fs.StringVar(&f.desk.ID, "id", "", "draft: id of the desk that is added or changed, such as IQ-BG")
	fs.StringVar(&f.desk.Kind, "kind", desks.KindDesk, "draft: desk, national or women")
	fs.StringVar(&f.desk.Region, "region", "", "draft: federal or krg; none for the whole country")
	fs.StringVar(&f.desk.Recipient, "recipient", "", "draft: the desk's recipient, age1pq1…")
	fs.StringVar(&f.desk.Status, "status", desks.Open, "draft: open or hotline_only")
	fs.BoolVar(&f.desk.Women, "women", false, "draft: women officers read here")
	fs.StringVar(&f.governorates, "governorates", "", "draft: ids, apart by commas")
	fs.BoolVar(&f.remove, "remove", false, "draft: take the desk out")
	fs.IntVar(&f.days, "days", 30, "draft: for how many days the directory holds, 45 at the most")
	f.names, f.hours = map[string]*string{}, map[string]*string{}
	for _, l := range static.WordLanguages() {
		f.names[l] = fs.String("name-"+l, "", "draft: name of the desk in "+l)
		f.hours[l] = fs.String("hours-"+l, "", "draft: when somebody reads, in "+l)
	}
}

// keys makes, signs and installs keys.
func (e env) keys(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: keys new-signer | new-desk | draft | sign | verify | show | rotate | install | split | join", errUsage)
	}
	c, ok := keysCommands()[args[0]]
	if !ok {
		return fmt.Errorf("%w: keys has no part %q", errUsage, args[0])
	}
	fs := flag.NewFlagSet("hisn keys "+args[0], flag.ContinueOnError)
	fs.SetOutput(e.err)
	var f keysFlags
	f.set(fs)
	words, err := anywhere(fs, args[1:])
	if err != nil {
		return err
	}
	if want := strings.Fields(c.args); len(words) < len(want) || args[0] != "join" && len(words) > len(want) {
		return fmt.Errorf("%w: keys %s %s", errUsage, args[0], c.args)
	}
	return c.run(e, &f, words)
}

// anywhere reads flags that may stand before and after other words.
func anywhere(fs *flag.FlagSet, args []string) (words []string, err error) {
	for len(args) > 0 {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if args = fs.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	return words, nil
}

func (f *keysFlags) needsOut() error {
	if f.out == "" {
		return fmt.Errorf("%w: --out FILE is needed", errUsage)
	}
	return nil
}

// newSigner makes the key of somebody who signs directories.
func (e env) newSigner(f *keysFlags, args []string) error {
	if err := f.needsOut(); err != nil {
		return err
	}
	private, public, err := note.GenerateKey(rand.Reader, args[0])
	if err != nil {
		return err
	}
	if _, err := note.NewVerifier(public); err != nil {
		return fmt.Errorf("%w: a signer's name has neither spaces nor plus signs", errUsage)
	}
	pass, err := e.newPassphrase(f.passFile)
	if err != nil {
		return err
	}
	if err := lock(f.out, []byte(private+"\n"), pass); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "# a line for signers.txt\n%s\n", public)
	return nil
}

// newDesk makes the key of a desk. The identity itself is never printed.
func (e env) newDesk(f *keysFlags, args []string) error {
	if err := f.needsOut(); err != nil {
		return err
	}
	if f.epoch == "" {
		return fmt.Errorf("%w: --epoch is needed, such as 2026Q4", errUsage)
	}
	recipient, err := e.deskKey(f, args[0])
	if err != nil {
		return err
	}
	printKey(e.out, args[0], f.epoch, recipient)
	return nil
}

// printKey prints what everybody may know of a desk's key: for the directory,
// and for posters.
func printKey(w io.Writer, id, epoch, recipient string) {
	fmt.Fprintf(w, "desk       %s\nepoch      %s\nrecipient  %s\n", id, epoch, recipient)
	for _, l := range static.WordLanguages() {
		if words, err := seal.Fingerprint(recipient, l); err == nil {
			fmt.Fprintf(w, "words %-4s %s\n", l, strings.Join(words, " "))
		}
	}
}

// deskKey draws a desk's key, writes it locked, and returns its recipient.
func (e env) deskKey(f *keysFlags, id string) (string, error) {
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", err
	}
	pass, err := e.newPassphrase(f.passFile)
	if err != nil {
		return "", err
	}
	recipient := key.Recipient().String()
	text := fmt.Sprintf("# desk %s, epoch %s, made %s\n# public key: %s\n%s\n", id, f.epoch, time.Now().UTC().Format(time.DateOnly), recipient, key)
	return recipient, lock(f.out, []byte(text), pass)
}

// split takes a locked identity apart into three files, two of which restore it.
// The files themselves are not locked: each is worthless alone.
func (e env) split(f *keysFlags, args []string) error {
	if err := f.needsOut(); err != nil {
		return err
	}
	pass, err := e.passphrase(f.passFile, args[0])
	if err != nil {
		return err
	}
	secret, err := unlock(args[0], pass)
	if err != nil {
		return err
	}
	const need, parts = 2, 3
	lines, err := share.Split(secret, need, parts, rand.Reader)
	if err != nil {
		return err
	}
	for i, line := range lines {
		name := fmt.Sprintf("%s-%d.part", f.out, i+1)
		if err := writeNew(name, []byte(line+"\n")); err != nil {
			return err
		}
		fmt.Fprintln(e.out, name)
	}
	fmt.Fprintf(e.out, "Any two of the three restore %s. Now give each to another person, and delete that file.\n", args[0])
	return nil
}

// join restores a locked identity from two parts.
func (e env) join(f *keysFlags, args []string) error {
	if err := f.needsOut(); err != nil {
		return err
	}
	var lines []string
	for _, name := range args {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		lines = append(lines, string(raw))
	}
	secret, err := share.Join(lines)
	if err != nil {
		return err
	}
	pass, err := e.newPassphrase(f.passFile)
	if err != nil {
		return err
	}
	return lock(f.out, secret, pass)
}
