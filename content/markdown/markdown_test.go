package markdown_test

import (
	"strings"
	"testing"

	"hisn/content/markdown"
	"hisn/locales"
)

func TestRender(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, lang, in, want string }{
		{"links carry the language", "ckb", "[ئێستا](/now)", `<p><a href="/ckb/now">ئێستا</a></p>`},
		{"digits of the language", "ar", "6 أرقام", "<p>٦ أرقام</p>"},
		{"quotes survive digits", "ar", `"6" & '7'`, `<p>&#34;٦&#34; &amp; &#39;٧&#39;</p>`},
		{"lists stay lists", "ar", "1. أول\n2. ثانٍ", "<ol>\n<li>أول</li>\n<li>ثانٍ</li>\n</ol>"},
		{"raw HTML is dropped", "en", "<script>x</script>\n\n<b onclick=x>b</b>", "<p>b</p>"},
		{"outside links are dropped", "en", "[x](https://example.org)", "<p>x</p>"},
		{"scripts as links are dropped", "en", "[x](javascript:alert(1))", "<p>x</p>"},
		{"pictures are dropped", "en", "![x](/a.png)", "<p></p>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := markdown.Render(locales.Lang(tc.lang), []byte(tc.in))
			if err != nil || strings.TrimSpace(string(got)) != tc.want {
				t.Errorf("Render(%q) = %q, %v, want %q", tc.in, got, err, tc.want)
			}
		})
	}
}

func FuzzRender(f *testing.F) {
	f.Add("# a\n[x](/now) <script> ![](x) **b**")
	f.Fuzz(func(t *testing.T, in string) {
		out, links, err := markdown.Render(locales.Arabic, []byte(in))
		if err != nil {
			return
		}
		for _, bad := range []string{"<script", "javascript:", "<img", "<iframe", " onclick", "<style"} {
			if strings.Contains(strings.ToLower(string(out)), bad) {
				t.Errorf("the HTML of %q holds %q: %s", in, bad, out)
			}
		}
		for _, l := range links {
			if !strings.HasPrefix(l, "/") || strings.HasPrefix(l, "//") {
				t.Errorf("%q links to %q", in, l)
			}
		}
	})
}
