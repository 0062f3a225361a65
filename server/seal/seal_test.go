package seal_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"filippo.io/age"

	"hisn/server/seal"
	"hisn/static"
)

func identity(t testing.TB) seal.Identity {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func secret(t testing.TB) seal.Secret {
	t.Helper()
	s, err := seal.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a report with something in every field.
func sample(k seal.Keys) seal.Report {
	_, _, capability := k.Drop(0)
	return seal.Report{
		V: 1, Kind: seal.KindReport, Desk: "IQ-BG", Epoch: "2026Q4", Day: "2026-11-23", Thread: k.Thread,
		Cap: capability[:], Reply: k.ReplyTo(),
		F: seal.Fields{
			About: "friend", What: []string{"edited", "chat"}, Want: []string{"money"}, Where: []string{"whatsapp"},
			Danger: []string{"home"}, Who: "ex", Since: "days", Paid: "no", Shared: "unknown", Age: "under18",
			Text: "هو يهدّد · هەڕەشە دەکات", Handles: "@x", Reach: "خالة", When: "صباحاً",
		},
		Hashes: []seal.FileHash{{SHA256: strings.Repeat("ab", 32), Size: 9, Mime: "image/jpeg"}},
		Flags:  seal.Flags{WomanOfficer: true, NoLocal: true, National: true, MoveOK: true},
	}
}

func TestSeal_opensForBothAndNobodyElse(t *testing.T) {
	t.Parallel()
	desk, national, other := identity(t), identity(t), identity(t)
	want := sample(secret(t).Keys())
	body, err := seal.Seal(want, desk.Recipient(), national.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if len(body) != seal.BodySize || seal.CheckBody(body) != nil {
		t.Fatalf("sealed to %d bytes, shape %v; want %d of the right shape", len(body), seal.CheckBody(body), seal.BodySize)
	}
	for name, id := range map[string]seal.Identity{"desk": desk, "national": national} {
		got, err := seal.Open(body, other, id)
		if err != nil || got.F.Text != want.F.Text || !bytes.Equal(got.Cap, want.Cap) || got.Reply.To != want.Reply.To || got.Reply.Mbox != want.Reply.Mbox {
			t.Errorf("%s: Open = %+v, %v; want what was sealed", name, got.F, err)
		}
		if err := seal.OpenHeader(body[:seal.HeaderSize], id); err != nil {
			t.Errorf("%s: OpenHeader = %v; want nil", name, err)
		}
	}
	if _, err := seal.Open(body, other); !errors.Is(err, seal.ErrNotMine) {
		t.Errorf("Open with a strange key = %v; want ErrNotMine", err)
	}
	if err := seal.OpenHeader(body[:seal.HeaderSize], other); !errors.Is(err, seal.ErrNotMine) {
		t.Errorf("OpenHeader with a strange key = %v; want ErrNotMine", err)
	}
	if bytes.Contains(body, []byte("IQ-BG")) || bytes.Contains(body, []byte(desk.Recipient().String())) {
		t.Error("the blob tells its desk")
	}
	broken := bytes.Clone(body)
	broken[len(broken)-1] ^= 1
	if _, err := seal.Open(broken, desk); !errors.Is(err, seal.ErrMalformed) {
		t.Errorf("Open of a broken blob = %v; want ErrMalformed", err)
	}
}

func TestCheckBody_refuses(t *testing.T) {
	t.Parallel()
	desk := identity(t)
	good, err := seal.Seal(sample(secret(t).Keys()), desk.Recipient(), identity(t).Recipient())
	if err != nil {
		t.Fatal(err)
	}
	var one bytes.Buffer
	w, _ := age.Encrypt(&one, desk.Recipient())
	_, _ = w.Write(make([]byte, seal.BodySize-1643-32))
	_ = w.Close()
	for name, body := range map[string][]byte{
		"nothing":              nil,
		"a byte short":         good[:len(good)-1],
		"a byte long":          append(bytes.Clone(good), 0),
		"plain words":          bytes.Repeat([]byte("a"), seal.BodySize),
		"one recipient":        one.Bytes(),
		"another kind of key":  bytes.Replace(bytes.Clone(good), []byte("-> mlkem768x25519"), []byte("-> X25519xxxxxxxxx"), 1),
		"a newer version":      bytes.Replace(bytes.Clone(good), []byte("/v1"), []byte("/v2"), 1),
		"no MAC":               bytes.Replace(bytes.Clone(good), []byte("--- "), []byte("-=- "), 1),
		"base64 that is loose": loosen(good),
	} {
		if seal.CheckBody(body) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// loosen sets bits behind the end of the first share: base64 that decodes to
// the same bytes, and is another text.
func loosen(body []byte) []byte {
	out := bytes.Clone(body)
	at := bytes.Index(out, []byte("\n-> mlkem768x25519 ")) + len("\n-> mlkem768x25519 ") + 1494 + 43
	out[at] = '/'
	return out
}

func TestFrame_roundTrip(t *testing.T) {
	t.Parallel()
	id, del, capability := secret(t).Keys().Drop(0)
	f := seal.NewFrame(id, capability, del, bytes.Repeat([]byte("b"), seal.BodySize))
	f.Nonce = [8]byte{1, 2, 3}
	raw := f.Bytes()
	got, err := seal.ParseFrame(raw)
	if err != nil || len(raw) != seal.FrameSize {
		t.Fatalf("ParseFrame of %d bytes = %v", len(raw), err)
	}
	if got.Op != seal.Drop || got.ID != id || got.CapHash != sha256.Sum256(capability[:]) ||
		got.DelHash != sha256.Sum256(del[:]) || got.Nonce != f.Nonce || !bytes.Equal(got.Body, f.Body) {
		t.Error("a frame changed on its way")
	}
	for name, bad := range map[string][]byte{
		"short": raw[1:], "long": append(bytes.Clone(raw), 0), "version": append([]byte{2}, raw[1:]...), "op": append([]byte{1, 9}, raw[2:]...),
	} {
		if _, err := seal.ParseFrame(bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	short := seal.Frame{Op: seal.Mailbox, Body: []byte("key")}.Bytes()
	if len(short) != seal.FrameSize || bytes.HasSuffix(short, make([]byte, 64)) {
		t.Error("a frame with a short body has another size, or zeros at its end")
	}
}

func TestAnswer_roundTrip(t *testing.T) {
	t.Parallel()
	a := seal.Answer{Status: seal.NeedWork, Need: 20}
	a.Slots[2] = seal.DummyReply(rand.Reader)
	raw := a.Bytes(rand.Reader)
	got, err := seal.ParseAnswer(raw)
	if err != nil || len(raw) != seal.AnswerSize || got.Status != a.Status || got.Need != 20 || !bytes.Equal(got.Slots[2], a.Slots[2]) {
		t.Errorf("ParseAnswer = %v, %v", got.Status, err)
	}
	if _, err := seal.ParseAnswer(raw[1:]); err == nil {
		t.Error("a short answer was read")
	}
}

func TestReply_isProved(t *testing.T) {
	t.Parallel()
	keys, others := secret(t).Keys(), secret(t).Keys()
	r := seal.Reply{V: 1, Thread: keys.Thread, Desk: "IQ-BG", Day: "2026-11-24", State: "answered", Text: "وصلت <الرسالة> &"}
	ct, err := seal.SealReply(r, *keys.ReplyTo())
	if err != nil {
		t.Fatal(err)
	}
	if len(ct) != seal.ReplySize || len(seal.DummyReply(rand.Reader)) != seal.ReplySize {
		t.Errorf("a reply has %d bytes, a dummy %d; want %d", len(ct), len(seal.DummyReply(rand.Reader)), seal.ReplySize)
	}
	if got, ok, err := seal.OpenReply(ct, keys); err != nil || !ok || got != r {
		t.Errorf("OpenReply = %+v, %v, %v; want the reply, proved", got, ok, err)
	}
	if _, _, err := seal.OpenReply(ct, others); !errors.Is(err, seal.ErrNotMine) {
		t.Errorf("a reply opened with another code: %v", err)
	}
	if _, _, err := seal.OpenReply(seal.DummyReply(rand.Reader), keys); err == nil {
		t.Error("a dummy opened")
	}
	forged := *keys.ReplyTo()
	forged.Mac = bytes.Repeat([]byte{7}, 32)
	if ct, err = seal.SealReply(r, forged); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := seal.OpenReply(ct, keys); err != nil || ok || got.Text == "" {
		t.Errorf("a forged reply = %v, %v; want it shown and not proved", ok, err)
	}
	r.Thread = others.Thread
	if ct, err = seal.SealReply(r, *keys.ReplyTo()); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := seal.OpenReply(ct, keys); ok {
		t.Error("a reply for another thread counts as proved")
	}
}

func TestSecret_spellings(t *testing.T) {
	t.Parallel()
	for range 50 {
		s := secret(t)
		texts := []string{s.Digits(), strings.ReplaceAll(s.Digits(), " ", ""), strings.ReplaceAll(s.Digits(), " ", "-\n")}
		for _, lang := range static.WordLanguages() {
			words := s.Words(lang)
			texts = append(texts, strings.Join(words, " "), strings.Join(words, "\n"), " "+strings.Join(words, "، ")+".")
			numbered := ""
			for i, w := range words {
				numbered += string(rune('1'+i)) + ". " + w + "\n"
			}
			texts = append(texts, numbered, strings.ToUpper(strings.Join(words, "\u200c ")))
		}
		arabic := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '٠'
			}
			return r
		}, s.Digits())
		for _, text := range append(texts, arabic) {
			if got, err := seal.ParseSecret(text); err != nil || got != s {
				t.Fatalf("ParseSecret(%q) = %x, %v; want %x", text, got, err, s)
			}
		}
	}
}

func TestParseSecret_refuses(t *testing.T) {
	t.Parallel()
	s := secret(t)
	words := s.Words("ar")
	for name, text := range map[string]string{
		"nothing": "", "spaces": " \n", "a few words": strings.Join(words[:7], " "), "nine words": strings.Join(append(words, words[0]), " "),
		"mixed languages": strings.Join(append(s.Words("en")[:4], words[4:]...), " "),
		"24 digits":       s.Digits()[:28], "too large": strings.Repeat("9", 25), "a very long text": strings.Repeat("a ", 2000),
	} {
		if _, err := seal.ParseSecret(text); !errors.Is(err, seal.ErrCode) {
			t.Errorf("%s: %v; want ErrCode", name, err)
		}
	}
	wrong := 0
	for i, r := range s.Digits() {
		if r == ' ' {
			continue
		}
		slip := []byte(s.Digits())
		slip[i] = '0' + (slip[i]-'0'+1)%10
		if _, err := seal.ParseSecret(string(slip)); err == nil {
			wrong++
		}
	}
	if wrong > 10 {
		t.Errorf("%d of 25 slips of one digit go unnoticed; three bits find seven of eight", wrong)
	}
}

func TestKeys_areSeparate(t *testing.T) {
	t.Parallel()
	k := secret(t).Keys()
	seen := map[string]int{}
	for n := range 16 {
		id, del, capability := k.Drop(n)
		for _, v := range []string{hex.EncodeToString(id[:]), hex.EncodeToString(del[:]), hex.EncodeToString(capability[:])} {
			seen[v]++
		}
	}
	addr := k.Addr()
	for _, v := range []string{hex.EncodeToString(k.MboxKey[:]), hex.EncodeToString(k.Mac[:]), hex.EncodeToString(addr[:]), k.Thread} {
		seen[v]++
	}
	if len(seen) != 16*3+4 {
		t.Errorf("%d different values; want %d", len(seen), 16*3+4)
	}
}

func TestWork(t *testing.T) {
	t.Parallel()
	body := []byte("a body")
	nonce := seal.Work(body, 12)
	if !seal.CheckWork(body, nonce, 12) || seal.CheckWork([]byte("another"), nonce, 12) && seal.CheckWork([]byte("a third"), nonce, 12) {
		t.Error("work counts for another body, or not for its own")
	}
	if !seal.CheckWork(body, [8]byte{}, 0) {
		t.Error("no work asked for, and refused")
	}
}

func TestWordLists(t *testing.T) {
	t.Parallel()
	for _, lang := range static.WordLanguages() {
		list := static.Words(lang)
		seen := map[string]string{}
		for _, w := range list {
			if other, ok := seen[seal.Fold(w)]; ok {
				t.Errorf("%s: %s and %s are one when folded", lang, w, other)
			}
			seen[seal.Fold(w)] = w
			if len([]rune(w)) < 2 || strings.ContainsAny(w, "0123456789-_.") {
				t.Errorf("%s: %q is no word to write down", lang, w)
			}
		}
		if len(list) != 1024 {
			t.Errorf("%s has %d words; want 1024", lang, len(list))
		}
	}
	if static.Words("fr") != nil || static.Words("../words/ar") != nil {
		t.Error("a list that does not exist was found")
	}
}
