// Package markdown turns a text of the pack into safe HTML: goldmark without
// raw HTML, then bluemonday with a short list of what may stay, then the
// language's own digits and addresses.
package markdown

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"golang.org/x/net/html"

	"hisn/locales"
)

// policy allows the elements that our texts use and internal links only: a
// text of the pack never leads out of the site by itself.
func policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h2", "h3", "ul", "ol", "li", "strong", "em", "blockquote", "hr", "br")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^/[a-z0-9/-]*$`)).OnElements("a")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}

// Render returns the HTML of a Markdown text in l, and the internal addresses
// it links to, without their language. The same text always gives the same
// HTML.
func Render(l locales.Lang, text []byte) (template.HTML, []string, error) {
	var raw bytes.Buffer
	if err := goldmark.Convert(text, &raw); err != nil {
		return "", nil, fmt.Errorf("markdown: %w", err)
	}
	return localise(l, policy().SanitizeBytes(raw.Bytes()))
}

// localise writes digits in the habit of l and puts the language before the
// address of every link. Its input is already clean.
func localise(l locales.Lang, clean []byte) (template.HTML, []string, error) {
	var out strings.Builder
	var links []string
	z := html.NewTokenizer(bytes.NewReader(clean))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return template.HTML(out.String()), links, nil //nolint:gosec // sanitised above
		case html.TextToken:
			out.WriteString(html.EscapeString(locales.Digits(l, z.Token().Data)))
		case html.StartTagToken:
			t := z.Token()
			for i, a := range t.Attr {
				if t.Data == "a" && a.Key == "href" {
					links = append(links, a.Val)
					t.Attr[i].Val = "/" + string(l) + a.Val
				}
			}
			out.WriteString(t.String())
		default:
			out.Write(z.Raw())
		}
	}
}
