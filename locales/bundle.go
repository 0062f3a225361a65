package locales

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

//go:embed active.*.yaml
var files embed.FS

// Catalog holds the interface words of all languages. It is built once and is
// safe for concurrent use.
type Catalog struct {
	localizers map[Lang]*i18n.Localizer
}

// NewCatalog reads the embedded words. An unreadable file is an error: the
// site does not start with half its words.
func NewCatalog() (*Catalog, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	c := &Catalog{localizers: make(map[Lang]*i18n.Localizer, len(All()))}
	for _, l := range All() {
		name := FileName(l)
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading words: %w", err)
		}
		if _, err := bundle.ParseMessageFileBytes(raw, name); err != nil {
			return nil, fmt.Errorf("reading words of %s: %w", name, err)
		}
		c.localizers[l] = i18n.NewLocalizer(bundle, string(l))
	}
	return c, nil
}

// FileName returns the name of the file with the words of l.
func FileName(l Lang) string { return "active." + string(l) + ".yaml" }

// ReadFile returns the words of l as they are written, for the tests that
// compare the languages.
func ReadFile(l Lang) ([]byte, error) { return files.ReadFile(FileName(l)) }

// Text returns message id in l. Pairs are alternating names and values for the
// placeholders; a pair named "Count" of type int also chooses the plural form
// and is written in the digits of l. The error tells of a missing message or
// plural form; the text is then "[id]", which no page may ever show.
func (c *Catalog) Text(l Lang, id string, pairs ...any) (string, error) {
	cfg := &i18n.LocalizeConfig{MessageID: id}
	if len(pairs) > 0 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			name, value := fmt.Sprint(pairs[i]), pairs[i+1]
			if n, ok := value.(int); ok {
				if name == "Count" {
					cfg.PluralCount = n
				}
				value = Number(l, n)
			}
			data[name] = value
		}
		cfg.TemplateData = data
	}
	s, err := c.localizers[l].Localize(cfg)
	if err != nil {
		return "[" + id + "]", fmt.Errorf("message %s in %s: %w", id, l, err)
	}
	return s, nil
}
