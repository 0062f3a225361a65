package seal_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"filippo.io/age"

	"hisn/server/seal"
	"hisn/static"
)

// The vectors are run here and, by server/e2e, in a browser with the modules of
// static/js/lib: one set for two languages.
const vectorFile = "testdata/vectors.json"

var update = flag.Bool("update", false, "write the vectors anew; those made by the browser stay")

// Vectors is the shape of the file.
type Vectors struct {
	Pad struct {
		Accept []struct{ Raw, SHA256 string } // hex; SHA-256 of the padded text
		Refuse []string                       // why: long, length, tail
	}
	Receipts []receiptVector
	NoCode   []string
	Work     []struct {
		Body  string
		Nonce string
		Zeros int // exactly that many
	}
	Opens []struct { // made by Go
		Identity string
		Body     []byte
		Report   json.RawMessage
	}
	Replies []struct {
		Secret   string
		CT       []byte
		Opens    bool
		Verified bool
		Text     string
	}
	Frames []struct {
		Op                   string
		ID, CapHash, DelHash string
		Nonce, Head          string // Head: the first 90 bytes
	}
	Shape     []shapeVector
	Directory []directoryVector
	Browser   []struct { // made by the browser, opened here
		Identity string
		Body     []byte
		Text     string
	}
}

type receiptVector struct {
	Secret  string
	Digits  string
	Words   map[string][]string
	Also    []string // other spellings of it
	Thread  string
	MboxKey string
	Mac     string
	To      string // SHA-256 of the recipient
	Drops   map[string][3]string
}

func readVectors(t *testing.T) Vectors {
	t.Helper()
	var v Vectors
	raw, err := os.ReadFile(vectorFile)
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil && !*update {
		t.Fatal(err)
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	if *update {
		makeVectors(t, &v)
		raw, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, append(raw, '\n'), 0o644); err != nil { //nolint:gosec // public
			t.Fatal(err)
		}
	}
	for _, c := range v.Pad.Accept {
		raw := unhex(t, c.Raw)
		padded, err := seal.Pad(raw)
		sum := sha256.Sum256(padded)
		back, err2 := seal.Unpad(padded)
		if err != nil || err2 != nil || hex.EncodeToString(sum[:]) != c.SHA256 || !bytes.Equal(back, raw) {
			t.Errorf("padding %d bytes: %v, %v", len(raw), err, err2)
		}
	}
	for _, r := range v.Receipts {
		checkReceipt(t, r)
	}
	for _, text := range v.NoCode {
		if _, err := seal.ParseSecret(text); err == nil {
			t.Errorf("%q was read as a code", text)
		}
	}
	for _, w := range v.Work {
		nonce := [8]byte(unhex(t, w.Nonce))
		if !seal.CheckWork([]byte(w.Body), nonce, w.Zeros) || seal.CheckWork([]byte(w.Body), nonce, w.Zeros+1) {
			t.Errorf("work for %q is not %d bits", w.Body, w.Zeros)
		}
	}
	for i, o := range v.Opens {
		id, err := seal.ParseIdentity(o.Identity)
		if err != nil {
			t.Fatal(err)
		}
		r, err := seal.Open(o.Body, id)
		raw, _ := seal.Encode(r)
		var want, got any
		_, _ = json.Unmarshal(o.Report, &want), json.Unmarshal(raw, &got)
		if a, _ := json.Marshal(want); err != nil || !bytes.Equal(a, must(json.Marshal(got))) {
			t.Errorf("blob %d: %v", i, err)
		}
	}
	for i, c := range v.Replies {
		r, ok, err := seal.OpenReply(c.CT, seal.Secret(unhex(t, c.Secret)).Keys())
		if (err == nil) != c.Opens || ok != c.Verified || r.Text != c.Text {
			t.Errorf("reply %d: %q, %v, %v", i, r.Text, ok, err)
		}
	}
	if len(v.Browser) == 0 {
		t.Error("no blob of a browser; run the browser's test with -update")
	}
	for i, b := range v.Browser {
		id, err := seal.ParseIdentity(b.Identity)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := seal.Open(b.Body, id); err != nil || r.F.Text != b.Text || seal.CheckBody(b.Body) != nil {
			t.Errorf("the browser's blob %d: %v", i, err)
		}
	}
}

func must(raw []byte, _ error) []byte { return raw }

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func checkReceipt(t *testing.T, r receiptVector) {
	t.Helper()
	s := seal.Secret(unhex(t, r.Secret))
	got := describe(s)
	got.Also = r.Also
	if a, b := must(json.Marshal(got)), must(json.Marshal(r)); !bytes.Equal(a, b) {
		t.Errorf("receipt %s:\n got %s\nwant %s", r.Secret, a, b)
	}
	for _, text := range append(r.Also, r.Digits) {
		if back, err := seal.ParseSecret(text); err != nil || back != s {
			t.Errorf("%q: %x, %v", text, back, err)
		}
	}
}

func describe(s seal.Secret) receiptVector {
	k := s.Keys()
	to := sha256.Sum256([]byte(k.ReplyTo().To))
	r := receiptVector{
		Secret: hex.EncodeToString(s[:]), Digits: s.Digits(), Words: map[string][]string{}, Thread: k.Thread,
		MboxKey: hex.EncodeToString(k.MboxKey[:]), Mac: hex.EncodeToString(k.Mac[:]), To: hex.EncodeToString(to[:]),
		Drops: map[string][3]string{},
	}
	for _, l := range static.WordLanguages() {
		r.Words[l] = s.Words(l)
	}
	for n, name := range map[int]string{0: "0", 1: "1", 15: "15"} {
		id, del, capability := k.Drop(n)
		r.Drops[name] = [3]string{hex.EncodeToString(id[:]), hex.EncodeToString(del[:]), hex.EncodeToString(capability[:])}
	}
	return r
}

// makeVectors makes everything but what the browser makes.
func makeVectors(t *testing.T, v *Vectors) {
	t.Helper()
	*v = Vectors{Browser: v.Browser, Shape: makeShape(), Directory: makeDirectory(t)}
	for _, n := range []int{0, 1, 100, seal.PlainSize - 4} {
		raw := bytes.Repeat([]byte{0xd9, 0x85}, n/2+1)[:n]
		padded, err := seal.Pad(raw)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(padded)
		v.Pad.Accept = append(v.Pad.Accept, struct{ Raw, SHA256 string }{hex.EncodeToString(raw), hex.EncodeToString(sum[:])})
	}
	v.Pad.Refuse = []string{"long", "length", "tail", "size"}
	for _, s := range []seal.Secret{{}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, {0xa5, 0, 0xff, 3, 0x80, 7, 0x11, 0xee, 0x42, 0x9c}} {
		r := describe(s)
		arabic := strings.NewReplacer("0", "٠", "1", "١", "2", "٢", "3", "٣", "4", "٤", "5", "٥", "6", "٦", "7", "٧", "8", "٨", "9", "٩").Replace(s.Digits())
		persian := strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹").Replace(strings.ReplaceAll(s.Digits(), " ", "-"))
		r.Also = []string{
			arabic, persian, strings.Join(s.Words("ar"), " "), strings.Join(s.Words("ckb"), "\n"), strings.ToUpper(strings.Join(s.Words("en"), ", ")),
			"1. " + strings.Join(s.Words("ar"), "\n2) "), strings.Join(s.Words("ckb"), " \u200c\u200f"),
		}
		v.Receipts = append(v.Receipts, r)
	}
	v.NoCode = []string{"", " ", "12345", "hello", strings.Repeat("9", 25), strings.Join(v.Receipts[1].Words["ar"][:7], " "), strings.Repeat("a ", 600)}
	for _, body := range []string{"", "a body", "نص"} {
		nonce := seal.Work([]byte(body), 10)
		zeros := 10
		for seal.CheckWork([]byte(body), nonce, zeros+1) {
			zeros++
		}
		v.Work = append(v.Work, struct {
			Body  string
			Nonce string
			Zeros int
		}{body, hex.EncodeToString(nonce[:]), zeros})
	}
	makeSealed(t, v)
}

func makeSealed(t *testing.T, v *Vectors) {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	s := seal.Secret{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
	r := sample(s.Keys())
	body, err := seal.Seal(r, id.Recipient(), identity(t).Recipient())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := seal.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	v.Opens = append(v.Opens, struct {
		Identity string
		Body     []byte
		Report   json.RawMessage
	}{id.String(), body, raw})
	reply := seal.Reply{V: 1, Thread: s.Keys().Thread, Desk: "IQ-BG", Day: "2026-11-24", State: "answered", Text: "سنقرأ <كل> شيء & \"نردّ\""}
	add := func(reply seal.Reply, to seal.ReplyTo, secret seal.Secret, opens, verified bool) {
		ct, err := seal.SealReply(reply, to)
		if err != nil {
			t.Fatal(err)
		}
		text := reply.Text
		if !opens {
			text = ""
		}
		v.Replies = append(v.Replies, struct {
			Secret   string
			CT       []byte
			Opens    bool
			Verified bool
			Text     string
		}{hex.EncodeToString(secret[:]), ct, opens, verified, text})
	}
	to := *s.Keys().ReplyTo()
	add(reply, to, s, true, true)
	forged := to
	forged.Mac = make([]byte, ed25519.SeedSize)
	add(reply, forged, s, true, false)
	add(reply, to, seal.Secret{1}, false, false)
	other := reply
	other.Thread = strings.Repeat("0", 32)
	add(other, to, s, true, false)
	keys := s.Keys()
	key, del, capability := keys.Drop(0)
	f := seal.NewFrame(key, capability, del, body)
	f.Nonce = [8]byte{8, 7, 6, 5, 4, 3, 2, 1}
	v.Frames = append(v.Frames, struct {
		Op                   string
		ID, CapHash, DelHash string
		Nonce, Head          string
	}{
		"drop", hex.EncodeToString(f.ID[:]), hex.EncodeToString(f.CapHash[:]), hex.EncodeToString(f.DelHash[:]),
		hex.EncodeToString(f.Nonce[:]), hex.EncodeToString(f.Bytes()[:90]),
	})
}

func FuzzParseFrame(f *testing.F) {
	f.Add([]byte{1, 1}, 5)
	f.Fuzz(func(t *testing.T, head []byte, at int) {
		raw := make([]byte, seal.FrameSize)
		copy(raw, head)
		frame, err := seal.ParseFrame(raw)
		if err == nil && seal.CheckBody(frame.Body) == nil {
			t.Error("zeros have the shape of a report")
		}
		if _, err := seal.ParseFrame(head); err == nil && len(head) != seal.FrameSize {
			t.Error("a frame of another size was read")
		}
		_ = at
	})
}

func FuzzDecode(f *testing.F) {
	raw, err := seal.Encode(sample(seal.Secret{1}.Keys()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"v":1,"kind":"report","x":[[[[[[]]]]]]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := seal.Decode(raw)
		if err != nil {
			return
		}
		if _, err := seal.Encode(r); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}

func FuzzParseSecret(f *testing.F) {
	s := seal.Secret{1, 2, 3}
	f.Add(s.Digits())
	f.Add(strings.Join(s.Words("ckb"), "، "))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := seal.ParseSecret(text)
		if err != nil {
			return
		}
		if again, err := seal.ParseSecret(s.Digits()); err != nil || again != s {
			t.Errorf("%q is a code that cannot be spelled", text)
		}
	})
}

func FuzzCheckBody(f *testing.F) {
	f.Add([]byte("age-encryption.org/v1\n-> mlkem768x25519 "), 22)
	f.Fuzz(func(t *testing.T, piece []byte, at int) {
		body := bytes.Repeat([]byte{'A'}, seal.BodySize)
		if at >= 0 && at < len(body) {
			copy(body[at:], piece)
		}
		if seal.CheckBody(body) == nil {
			if _, err := seal.Open(body, identity(t)); err == nil {
				t.Error("it even opens")
			}
		}
	})
}

// BenchmarkTrial is a desk that looks through a full pool: 6,000 headers that
// are for others.
func BenchmarkTrial(b *testing.B) {
	body, err := seal.Seal(sample(secret(b).Keys()), identity(b).Recipient(), identity(b).Recipient())
	if err != nil {
		b.Fatal(err)
	}
	id := identity(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if seal.OpenHeader(body[:seal.HeaderSize], id) == nil {
				b.Error("a stranger's blob opened")
			}
		}
	})
	b.ReportMetric(6000*b.Elapsed().Seconds()/float64(b.N), "s/6000")
}
