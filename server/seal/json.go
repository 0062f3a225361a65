package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// marshal keeps letters as they are: escaped, a text full of "<" would not fit
// here although it fitted when the phone wrote it.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// strict reads one value, without keys that are not known and without anything
// after it.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return ErrMalformed // the cause may repeat what was written
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ErrMalformed
	}
	return nil
}

// walk refuses what encoding/json forgives: keys that stand twice or in other
// letters, and text that is not UTF-8. It returns how deep raw nests, at most
// most.
func walk(raw []byte, most int) (deepest int, err error) {
	if !utf8.Valid(raw) {
		return 0, ErrMalformed
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	var open []*level
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return deepest, nil
		}
		if err != nil {
			return 0, ErrMalformed
		}
		if t == json.Delim('}') || t == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && !open[n-1].take(t) {
			return 0, ErrMalformed
		}
		switch t {
		case json.Delim('{'):
			open = append(open, &level{keys: map[string]bool{}})
		case json.Delim('['):
			open = append(open, &level{})
		}
		if deepest = max(deepest, len(open)); deepest > most {
			return 0, ErrMalformed
		}
	}
}

// level is an object that is being read, or a list when it has no keys.
type level struct {
	keys  map[string]bool
	value bool // what comes next is a value
}

// take notes the next thing and says whether it may stand there.
func (l *level) take(t json.Token) bool {
	if l.keys == nil {
		return true
	}
	if l.value = !l.value; !l.value {
		return true
	}
	key, ok := t.(string)
	if !ok || l.keys[key] || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return false
	}
	l.keys[key] = true
	return true
}
