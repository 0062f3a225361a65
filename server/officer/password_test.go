package officer_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"hisn/server/officer"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]error{
		"quiet rivers bend north":         nil,
		"k7mq2-9xwpe-hhh4t-zzy3n":         nil,
		"نهر هادئ يجري شمالاً":            nil,
		"ڕووبارێکی هێمن بەرەو باکوور":     nil,
		"Tigris+blue+kettle":              nil,
		"":                                officer.ErrShort,
		"elevenchars":                     officer.ErrShort,
		"نهر هادئ جد":                     officer.ErrShort,
		strings.Repeat("x", 129):          officer.ErrLong,
		strings.Repeat("نهر", 22):         officer.ErrLong,
		"with a\ttab in it":               officer.ErrText,
		"not\xff text at all":             officer.ErrText,
		"password1234":                    officer.ErrCommon,
		"P@ssw0rd2026!":                   officer.ErrCommon,
		"Baghdad2026!!":                   officer.ErrCommon,
		"qwertyuiop123":                   officer.ErrCommon,
		"123456789012":                    officer.ErrCommon,
		"١٢٣٤٥٦٧٨٩٠١٢":                    officer.ErrCommon,
		"aaaaaaaaaaaa":                    officer.ErrCommon,
		"abababababab":                    officer.ErrCommon,
		"abcdefghijklmn":                  officer.ErrCommon,
		"ilovekurdistan":                  officer.ErrCommon,
		"sara.karim2026":                  officer.ErrCommon,
		"SARA.KARIM-sara.karim":           officer.ErrCommon,
		"correcthorsebatterystaple":       officer.ErrCommon,
		"محمد علي حسين 123":               officer.ErrCommon,
		"كلمة السر العراق":                officer.ErrCommon,
		"sara.karim under the old bridge": nil,
	} {
		if got := officer.CheckPassword("sara.karim", password); got != want {
			t.Errorf("%q: %v, want %v", password, got, want)
		}
	}
}

// TestArgon_isThatOfTheStandard compares with what another implementation
// (@noble/hashes 2) makes of the same password, salt and cost.
func TestArgon_isThatOfTheStandard(t *testing.T) {
	t.Parallel()
	got := hex.EncodeToString(officer.Argon([]byte("correct horse battery staple"), []byte("sixteen bytes..!")))
	const want = "de390452a53b53b7b98f645126de232c45ee7c2af99e7dd464f43378da7f08b3"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPHC_readsWhatItWrites(t *testing.T) {
	t.Parallel()
	salt, hash := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 32)
	line := officer.PHC(salt, hash)
	if !strings.HasPrefix(line, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("the line is %q", line)
	}
	s, h, ok := officer.ParsePHC(line)
	if !ok || !bytes.Equal(s, salt) || !bytes.Equal(h, hash) {
		t.Error("it does not come back")
	}
	for _, bad := range []string{
		"", "$", line + "A", line[:len(line)-1], strings.Replace(line, "m=65536", "m=4194304", 1),
		strings.Replace(line, "t=3", "t=1", 1), strings.Replace(line, "argon2id", "argon2i", 1), strings.Replace(line, "v=19", "v=16", 1),
		strings.TrimSuffix(line, line[strings.LastIndex(line, "$"):]), line + "$" + line,
	} {
		if _, _, ok := officer.ParsePHC(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(officer.PHC(bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 32)))
	f.Add("$argon2id$v=19$m=65536,t=3,p=2$$")
	f.Fuzz(func(t *testing.T, line string) {
		if salt, hash, ok := officer.ParsePHC(line); ok && officer.PHC(salt, hash) != line {
			t.Errorf("%q is not the only spelling of itself", line)
		}
	})
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("sara", "quiet rivers bend north")
	f.Add("", "٠١٢٣٤٥٦٧٨٩aaaa\u0301")
	f.Fuzz(func(t *testing.T, login, password string) {
		if err := officer.CheckPassword(login, password); err == nil && (len(password) > 128 || len(password) < 12) {
			t.Errorf("%q was accepted", password)
		}
	})
}

func FuzzDeviceMark(f *testing.F) {
	d := newDesk(f)
	p := d.hire("sara", "IQ-BG")
	all, err := d.db.Officers(d.ctx())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.device)
	f.Add("")
	f.Fuzz(func(t *testing.T, cookie string) {
		if mark := d.DeviceMark(all[0], cookie); (mark != "") != (cookie == p.device) {
			t.Errorf("the cookie %q gives %q", cookie, mark)
		}
	})
}
