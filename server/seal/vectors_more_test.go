package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hisn/server/desks"
	"hisn/server/seal"
)

// shapeVector changes one thing of a good report (Opens[0]): what stands at
// Path ("f.text") becomes Value.
type shapeVector struct {
	Name, Path string
	Value      json.RawMessage
	OK         bool
}

// directoryVector is a note and whether it is believed.
type directoryVector struct {
	Name, Note string
	Keys       []string
	Threshold  int
	MinSeq     int
	Day        string
	Why        string // "" when it is; else unsigned, malformed, older, early or expired
}

// TestVectors_shape: what the phone refuses to seal is what the desk refuses to
// read.
func TestVectors_shape(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	if len(v.Shape) == 0 || len(v.Opens) == 0 {
		t.Fatal("no vectors")
	}
	for _, c := range v.Shape {
		_, err := seal.Decode(changed(t, v.Opens[0].Report, c.Path, c.Value))
		if (err == nil) != c.OK || err != nil && !errors.Is(err, seal.ErrMalformed) {
			t.Errorf("%s: %v; want it read: %t", c.Name, err, c.OK)
		}
	}
}

func changed(t *testing.T, report json.RawMessage, path string, value json.RawMessage) []byte {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(report, &all); err != nil {
		t.Fatal(err)
	}
	at, names := all, strings.Split(path, ".")
	for _, n := range names[:len(names)-1] {
		at = at[n].(map[string]any)
	}
	at[names[len(names)-1]] = value
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(all); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

func makeShape() []shapeVector {
	long := func(n int) string { return `"` + strings.Repeat("a", n) + `"` }
	many := func(n int, one string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]"
	}
	hash := `{"sha256":"` + strings.Repeat("ab", 32) + `","size":9007199254740991,"mime":""}`
	var out []shapeVector
	for _, c := range []struct {
		name, path, value string
		ok                bool
	}{
		{"nothing said", "f", `{}`, true},
		{"a text of 6,000 bytes", "f.text", `"` + strings.Repeat("م", 3000) + `"`, true},
		{"a text of 6,001 bytes", "f.text", `"` + strings.Repeat("م", 3000) + `x"`, false},
		{"handles that are full", "f.handles", long(1500), true}, {"handles that run over", "f.handles", long(1501), false},
		{"a way that is full", "f.reach", long(600), true}, {"a way that runs over", "f.reach", long(601), false},
		{"a time that is full", "f.when", long(300), true}, {"a time that runs over", "f.when", long(301), false},
		{"signs of direction and of HTML", "f.text", `"\u202e<b>&\u2028 😀"`, true},
		{"a zero in a text", "f.text", `"a\u0000b"`, false}, {"a number for a text", "f.text", `1`, false},
		{"an unknown field", "f.phone", `"1"`, false}, {"another choice", "f.about", `"you"`, false},
		{"a list for one choice", "f.about", `["me"]`, false}, {"one choice for a list", "f.what", `"chat"`, false},
		{"no choice", "f.about", `""`, true}, {"an empty list", "f.what", `[]`, true},
		{"a choice of another list", "f.danger", `["chat"]`, false}, {"too many choices", "f.danger", many(5, `"home"`), false},
		{"twenty files", "hashes", many(20, hash), true}, {"more files", "hashes", many(21, hash), false},
		{"a short fingerprint", "hashes", strings.Replace(many(1, hash), "ab", "", 1), false},
		{"a fingerprint in capitals", "hashes", strings.Replace(many(1, hash), "ab", "AB", 1), false},
		{"a file smaller than nothing", "hashes", strings.Replace(many(1, hash), "900", "-900", 1), false},
		{"a type with a space", "hashes", strings.Replace(many(1, hash), `""`, `"a b"`, 1), false},
		{"a file with a name", "hashes", strings.Replace(many(1, hash), "{", `{"name":"x",`, 1), false},
		{"another version", "v", `2`, false}, {"another kind", "kind", `"letter"`, false}, {"a follow-up", "kind", `"follow"`, true},
		{"no desk", "desk", `""`, false}, {"a desk with a slash", "desk", `"IQ/BG"`, false}, {"no epoch", "epoch", `""`, false},
		{"a day that is none", "day", `"2026-02-30"`, false}, {"a time for a day", "day", `"2026-11-23T10:00"`, false},
		{"a short thread", "thread", `"abc"`, false}, {"a thread in capitals", "thread", `"` + strings.Repeat("AB", 16) + `"`, false},
		{"a short capability", "cap", `"AAAA"`, false}, {"an unknown part", "x", `1`, false},
		{"an old kind of key", "reply.to", `"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"`, false},
		{"another mailbox", "reply.mbox", `"x"`, false}, {"a short proof", "reply.mac", `"AAAA"`, false},
		{"an unknown wish", "flags.fast", `true`, false}, {"a word for a wish", "flags.national", `"yes"`, false}, {"no wishes", "flags", `{}`, true},
	} {
		out = append(out, shapeVector{c.name, c.path, json.RawMessage(c.value), c.ok})
	}
	return out
}

// TestDecode_isStrict: there is one way to write a report.
func TestDecode_isStrict(t *testing.T) {
	t.Parallel()
	raw, err := seal.Encode(sample(seal.Secret{1}.Keys()))
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	if _, err := seal.Decode(raw); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"a key twice":            strings.Replace(good, `"v":1`, `"v":1,"v":1`, 1),
		"a key twice, inside":    strings.Replace(good, `"about"`, `"who":"ex","about"`, 1),
		"a key in capitals":      strings.Replace(good, `"kind"`, `"Kind"`, 1),
		"a letter that folds":    strings.Replace(good, `"desk"`, "\"de\u017fk\"", 1),
		"something after it":     good + "{}",
		"cut off":                good[:len(good)-1],
		"bytes that are no text": strings.Replace(good, "@x", "\xff\xfe", 1),
		"too deep":               strings.Replace(good, `["home"]`, `[[["home"]]]`, 1),
		"far too deep":           strings.Repeat("[", 16000),
		"null":                   "null", "a list": "[]", "nothing": "",
	} {
		if bad == good {
			t.Errorf("%s: nothing was changed", name)
		}
		if _, err := seal.Decode([]byte(bad)); !errors.Is(err, seal.ErrMalformed) {
			t.Errorf("%s: %v; want ErrMalformed", name, err)
		}
	}
}

// TestEncode_takesWhatThePhoneTook: signs of HTML do not grow when the desk
// writes a report again.
func TestEncode_takesWhatThePhoneTook(t *testing.T) {
	t.Parallel()
	r := sample(seal.Secret{1}.Keys())
	r.F.Text = strings.Repeat("<", seal.MaxText)
	raw, err := seal.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := seal.Decode(raw); err != nil || back.F.Text != r.F.Text {
		t.Errorf("it does not come back: %v", err)
	}
}

func TestSeal_refusesOneRecipientTwice(t *testing.T) {
	t.Parallel()
	to, r := identity(t).Recipient(), sample(seal.Secret{1}.Keys())
	for name, pair := range map[string][2]seal.Recipient{"twice": {to, to}, "none": {nil, to}, "no second": {to, nil}} {
		if _, err := seal.Seal(r, pair[0], pair[1]); !errors.Is(err, seal.ErrMalformed) {
			t.Errorf("%s: %v; want ErrMalformed", name, err)
		}
	}
}

// TestDummyReply_looksLikeOne: a point of X25519 has its highest bit clear, and
// so have the dummies.
func TestDummyReply_looksLikeOne(t *testing.T) {
	t.Parallel()
	keys := secret(t).Keys()
	ct, err := seal.SealReply(seal.Reply{V: 1, Thread: keys.Thread, Desk: "IQ-BG", Day: "2026-11-24", State: "opened"}, *keys.ReplyTo())
	if err != nil {
		t.Fatal(err)
	}
	random := rand.NewChaCha8([32]byte{1})
	for range 40 {
		dummy := seal.DummyReply(random)
		if bytes.Count(dummy[:1627], []byte("\n")) != bytes.Count(ct[:1627], []byte("\n")) || dummy[1626] != '\n' {
			t.Fatal("a dummy has other lines")
		}
		share, err := base64.RawStdEncoding.Strict().DecodeString(string(dummy[40 : 40+1494]))
		if err != nil || len(share) != 1120 || share[1119] >= 0x80 {
			t.Fatalf("a share of %d bytes that ends in %x: %v", len(share), share[len(share)-1:], err)
		}
	}
}

// TestVectors_directory: the page and the server believe the same directories.
func TestVectors_directory(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	if len(v.Directory) == 0 {
		t.Fatal("no vectors")
	}
	whys := map[string]error{
		"unsigned": desks.ErrUnsigned, "malformed": desks.ErrMalformed, "older": desks.ErrOlder, "early": desks.ErrNotYet, "expired": desks.ErrExpired,
	}
	for _, c := range v.Directory {
		now, err := time.Parse(time.DateOnly, c.Day)
		if err != nil {
			t.Fatal(err)
		}
		_, err = desks.Verify([]byte(c.Note), desks.Signers{Keys: c.Keys, Threshold: c.Threshold, MinSeq: c.MinSeq}, 0, now.Add(12*time.Hour))
		if !errors.Is(err, whys[c.Why]) || c.Why != "" && err == nil {
			t.Errorf("%s: %v; want %q", c.Name, err, c.Why)
		}
	}
}

func makeDirectory(t *testing.T) []directoryVector {
	t.Helper()
	var private, public []string
	chance := rand.NewChaCha8([32]byte{1})
	for _, name := range []string{"ministry", "operator", "witness", "stranger"} {
		secret, key, err := note.GenerateKey(chance, name)
		if err != nil {
			t.Fatal(err)
		}
		private, public = append(private, secret), append(public, key)
	}
	text := func(from, to string) string {
		d := desks.Directory{V: 1, Seq: 7, NotBefore: from, NotAfter: to}
		for _, id := range []string{"IQ-BG", "IQ-SU"} {
			to := identity(t).Recipient().String()
			words, err := seal.Fingerprint(to, "en")
			if err != nil {
				t.Fatal(err)
			}
			d.Desks = append(d.Desks, desks.Desk{
				ID: id, Kind: desks.KindDesk, Names: map[string]string{"ar": "مكتب", "ckb": "نووسینگە", "en": "a desk"}, Region: "federal",
				Governorates: []string{}, Status: desks.Open, Recipient: to, Epoch: "2026Q4", Fingerprint: words,
			})
		}
		raw, err := d.Text()
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	sign := func(text string, who ...int) string {
		var signers []note.Signer
		for _, i := range who {
			s, err := note.NewSigner(private[i])
			if err != nil {
				t.Fatal(err)
			}
			signers = append(signers, s)
		}
		raw, err := note.Sign(&note.Note{Text: text}, signers...)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	base := text("2026-11-01", "2026-12-10")
	good := sign(base, 0, 2)
	one, other := strings.SplitAfter(sign(base, 0), "\n"), strings.SplitAfter(sign(base+"\n", 1), "\n")
	first, false2 := one[len(one)-2], other[len(other)-2]
	var out []directoryVector
	for _, c := range []struct {
		name, note, why, day string
		least                int
	}{
		{"two of three", good, "", "", 0}, {"three of three", sign(base, 0, 1, 2), "", "", 7}, {"a stranger besides", sign(base, 3, 1, 0), "", "", 0},
		{"the first day", good, "", "2026-11-01", 0}, {"the last day", good, "", "2026-12-10", 0},
		{"one of three", sign(base, 0), "unsigned", "", 0}, {"one and a stranger", sign(base, 0, 3), "unsigned", "", 0},
		{"one, twice", base + "\n" + first + first, "unsigned", "", 0}, {"a signature of another text", base + "\n" + first + false2, "unsigned", "", 0},
		{"a changed letter", strings.Replace(good, "a desk", "a dusk", 1), "unsigned", "", 0}, {"no signature", base + "\n", "unsigned", "", 0},
		{"nothing", "", "unsigned", "", 0}, {"cut off", strings.TrimSuffix(good, "\n"), "unsigned", "", 0},
		{"a carriage return", strings.Replace(good, "\n", "\r\n", 1), "unsigned", "", 0}, {"something after it", good + "x\n", "unsigned", "", 0},
		{"older", good, "older", "", 8}, {"run out", good, "expired", "2026-12-11", 0}, {"early", good, "early", "2026-10-31", 0},
		{"of 45 days", sign(text("2026-11-01", "2026-12-16"), 0, 1), "", "", 0},
		{"of 46 days", sign(strings.Replace(base, "2026-12-10", "2026-12-17", 1), 0, 1), "malformed", "", 0},
		{"dates the wrong way round", sign(strings.Replace(base, "2026-12-10", "2026-10-10", 1), 0, 1), "malformed", "", 0},
		{"another version", sign(strings.Replace(base, `"v": 1`, `"v": 2`, 1), 0, 1), "malformed", "", 0},
		{"an old kind of key", sign(strings.Replace(base, "age1pq1", "age1xx1", 1), 0, 1), "malformed", "", 0},
		{"a desk twice", sign(strings.Replace(base, "IQ-SU", "IQ-BG", 1), 0, 1), "malformed", "", 0},
		{"not JSON", sign("hello\n", 0, 1), "malformed", "", 0},
	} {
		if c.day == "" {
			c.day = "2026-11-23"
		}
		out = append(out, directoryVector{c.name, c.note, public[:3], 2, c.least, c.day, c.why})
	}
	return out
}
