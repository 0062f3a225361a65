package deskapp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/seal"
)

// ErrKeyFile means that a file is no key of a desk, or not whole.
var ErrKeyFile = errors.New("this is not the key file of a desk")

// ErrPassphrase means that a key file does not open with a passphrase.
var ErrPassphrase = errors.New("the passphrase is wrong")

// maxKeyFile bounds what is read: a key has some hundred bytes.
const maxKeyFile = 64 << 10

// maxWork bounds the work that a file may ask for to open it: about a minute.
const maxWork = 22

// KeyFile is a file with identities of a desk, in the clear or locked with a
// passphrase (age).
type KeyFile struct {
	Name string // for the officer to know which passphrase is asked for
	Raw  []byte
}

const (
	ageIntro  = "age-encryption.org/"
	armorHead = "-----BEGIN AGE ENCRYPTED FILE-----"
)

// Locked says whether the file needs a passphrase.
func (k KeyFile) Locked() bool {
	head := bytes.TrimSpace(k.Raw)
	return bytes.HasPrefix(head, []byte(ageIntro)) || bytes.HasPrefix(head, []byte(armorHead))
}

// Open returns the identities in the file. The passphrase of one that is not
// locked is not looked at.
func (k KeyFile) Open(passphrase string) ([]seal.Identity, error) {
	if len(k.Raw) > maxKeyFile {
		return nil, ErrKeyFile
	}
	if !k.Locked() {
		return readKeys(bytes.NewReader(k.Raw))
	}
	lock, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, ErrPassphrase
	}
	lock.SetMaxWorkFactor(maxWork)
	var sealed io.Reader = bytes.NewReader(bytes.TrimSpace(k.Raw))
	if bytes.HasPrefix(bytes.TrimSpace(k.Raw), []byte(armorHead)) {
		sealed = armor.NewReader(sealed)
	} else {
		sealed = bytes.NewReader(k.Raw)
	}
	plain, err := age.Decrypt(sealed, lock)
	if err != nil {
		return nil, ErrPassphrase
	}
	return readKeys(io.LimitReader(plain, maxKeyFile))
}

// Unlock returns the same file without its lock, in memory.
func (k KeyFile) Unlock(passphrase string) (KeyFile, error) {
	ids, err := k.Open(passphrase)
	if err != nil {
		return k, err
	}
	var plain bytes.Buffer
	for _, id := range ids {
		plain.WriteString(id.String() + "\n")
	}
	return KeyFile{k.Name, plain.Bytes()}, nil
}

// readKeys reads one identity a line; lines with # are comments.
func readKeys(r io.Reader) ([]seal.Identity, error) {
	var out []seal.Identity
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, err := seal.ParseIdentity(line)
		if err != nil {
			return nil, ErrKeyFile
		}
		out = append(out, id)
	}
	if lines.Err() != nil || len(out) == 0 {
		return nil, ErrKeyFile
	}
	return out, nil
}

// keysScreen asks for the passphrase of one key file.
type keysScreen struct {
	screen
	File  string
	Wrong string // a message under desk.keys, or ""
}

func (a *App) keysPage(c echo.Context, l locales.Lang) error { return a.askKey(c, l, "") }

func (a *App) askKey(c echo.Context, l locales.Lang, wrong string) error {
	a.mu.Lock()
	var file string
	if len(a.locked) > 0 {
		file = a.locked[0].Name
	}
	a.mu.Unlock()
	if file == "" {
		return a.to(c, l, "/in")
	}
	return a.render(c, "keys", keysScreen{screen: a.screen(l, "/keys", "desk.keys.title"), File: file, Wrong: wrong})
}

// openKeys opens the next key file. The work of trying a passphrase is bounded
// by the file itself, and nobody else reaches this page.
func (a *App) openKeys(c echo.Context, l locales.Lang) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.locked) == 0 {
		return a.to(c, l, "/in")
	}
	ids, err := a.locked[0].Open(formOf(c).Get("passphrase"))
	if err != nil {
		a.mu.Unlock()
		defer a.mu.Lock()
		if errors.Is(err, ErrPassphrase) {
			return a.askKey(c, l, "wrong")
		}
		return a.askKey(c, l, "broken")
	}
	a.ids, a.locked = append(a.ids, ids...), a.locked[1:]
	if err := a.unlocked(); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, a.prefix+"/"+string(l)+"/keys")
}
