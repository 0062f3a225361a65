package casework_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"filippo.io/age"

	"hisn/server/casework"
	"hisn/server/seal"
)

func unpack(t *testing.T, raw []byte, key seal.Identity) map[string]string {
	t.Helper()
	plain := must[io.Reader](t)(age.Decrypt(bytes.NewReader(raw), key))
	all := must[[]byte](t)(io.ReadAll(plain))
	archive := must[*zip.Reader](t)(zip.NewReader(bytes.NewReader(all), int64(len(all))))
	out := map[string]string{}
	for _, f := range archive.File {
		r := must[io.ReadCloser](t)(f.Open())
		out[f.Name] = string(must[[]byte](t)(io.ReadAll(r)))
		_ = r.Close()
	}
	return out
}

func TestAsks_findsWhatNobodyMayAsk(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"يرجى إرسال الصورة إلينا.":                           "picture",
		"دزّي لنا الصور حتى نعرف":                            "picture",
		"نحتاج لقطة شاشة للمحادثة":                           "picture",
		"نحتاج إلى كلمة المرور للحساب":                       "password",
		"أرسلي الرمز الذي وصل":                               "code",
		"يلزم دفع رسوم بسيطة":                                "money",
		"حوّل مبلغ 50 ألف دينار":                             "money",
		"تكایە وێنەکە بنێرە":                                 "picture",
		"پێویستمان بە وشەی نهێنییە":                          "password",
		"کۆدەکە بنووسە":                                      "code",
		"بڕێک پارە بنێرە بۆ کارمەندەکە":                      "money",
		"Please send us the picture.":                        "picture",
		"Send me a selfie and the CODE":                      "picture code",
		"We need your pass-word. Tell the password!":         "password",
		"There is a small fee to pay":                        "money",
		"Do not send pictures to anybody":                    "picture",
		"We have read it. We will come back to you.":         "",
		"وصلت الرسالة ونقرؤها الآن. شكراً على الثقة.":        "",
		"نامەکەت گەیشت. ئێستا دەیخوێنینەوە.":                 "",
		"The picture stays where it is. He is in the wrong.": "",
	} {
		if got := strings.Join(casework.Asks(text), " "); got != want {
			t.Errorf("%q asks for %q, want %q", text, got, want)
		}
	}
}

func TestShown_makesTheUnseenVisible(t *testing.T) {
	t.Parallel()
	marks := func(s string) (text string, marks []string) {
		for _, p := range casework.Shown(s) {
			if p.Mark {
				marks = append(marks, p.Text)
				continue
			}
			text += p.Text
		}
		return text, marks
	}
	for s, want := range map[string][]string{
		"plain\nlines\tand tabs":        nil,
		"a\u202Egpj.exe":                {"U+202E"},
		"\u2066x\u2069\u200Fy\u061C":    {"U+2066", "U+2069", "U+200F", "U+061C"},
		"pay\u200Bpal\uFEFF\u2060":      {"U+200B", "U+FEFF", "U+2060"},
		"ده‌چم":                         nil, // a joiner stop as Kurdish keyboards write it
		"a\u200Cb":                      {"U+200C"},
		"👩‍👧":                           nil,
		"x\u00AD\x00\x1b[31m\U000E0041": {"U+00AD", "U+0000", "U+001B", "U+E0041"},
	} {
		text, got := marks(s)
		if !slices.Equal(got, want) {
			t.Errorf("%q shows the marks %v, want %v", s, got, want)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("%q lets a direction mark through", s)
		}
	}
	for s, want := range map[string]string{
		"see https://evil.example/a?b and HTTP://x": "see hxxps://evil.example/a?b and HXXP://x",
		"a\r\nb\rc": "a\nb\nc",
	} {
		if got, _ := marks(s); got != want {
			t.Errorf("%q is shown as %q, want %q", s, got, want)
		}
	}
}

func FuzzShown(f *testing.F) {
	f.Add("a\u202Eb https://x \u200c")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range casework.Shown(s) {
			if strings.ContainsFunc(p.Text, func(r rune) bool {
				return unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t'
			}) {
				t.Errorf("%q is shown with something unseen", s)
			}
		}
	})
}

func TestCell_isNoFormula(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"=1+1": "'=1+1", "+9647": "'+9647", "-x": "'-x", "@user": "'@user", "\tx": "'\tx", "\rx": "'\nx", "＝1": "'＝1", "plain": "plain", "": "",
	} {
		if got := casework.Cell(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}
