package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"golang.org/x/term"

	"hisn/static"
)

// passphraseWords is how many words of 1,024 a generated passphrase has: 80
// bits, behind scrypt.
const passphraseWords = 8

// newPassphrase returns the passphrase for a file that is made: the one in a
// file, or one that is drawn, and then shown once.
func (e env) newPassphrase(file string) (string, error) {
	if file != "" {
		return readPassphrase(file)
	}
	list := static.Words("en")
	raw := make([]byte, 2*passphraseWords)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	words := make([]string, passphraseWords)
	for i := range words {
		words[i] = list[(int(raw[2*i])<<8|int(raw[2*i+1]))%len(list)] // 1,024 divides 65,536
	}
	pass := strings.Join(words, "-")
	fmt.Fprintf(e.err, "Write this passphrase on paper now; it is not shown again:\n\n    %s\n\n", pass)
	return pass, nil
}

// passphrase returns the passphrase of a file that exists: from a file, or
// typed where nobody sees it.
func (e env) passphrase(file, of string) (string, error) {
	if file != "" {
		return readPassphrase(file)
	}
	in := int(os.Stdin.Fd()) //nolint:gosec // a small number
	if !term.IsTerminal(in) {
		return "", fmt.Errorf("%w: no terminal to type the passphrase of %s; give --passphrase-file", errUsage, of)
	}
	fmt.Fprintf(e.err, "Passphrase of %s: ", of)
	raw, err := term.ReadPassword(in)
	fmt.Fprintln(e.err)
	return strings.TrimSpace(string(raw)), err
}

func readPassphrase(file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	pass := strings.TrimSpace(string(raw))
	const least = 12
	if len(pass) < least {
		return "", errors.New("the passphrase is too short: at least 12 letters, better eight words")
	}
	return pass, nil
}

// lock writes a secret into a new file, encrypted with a passphrase in the age
// format. It never overwrites.
func lock(file string, secret []byte, pass string) error {
	to, err := age.NewScryptRecipient(pass)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return err
	}
	if _, err := w.Write(secret); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return writeNew(file, b.Bytes())
}

// unlock reads a file that lock wrote.
func unlock(file, pass string) ([]byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(pass)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(raw), id)
	if err != nil {
		return nil, fmt.Errorf("%s: a wrong passphrase, or not a locked file", file)
	}
	return io.ReadAll(r)
}

// writeNew writes a file that only its owner can read, and that was not there.
func writeNew(file string, raw []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
