package checkup

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"hisn/content"
	"hisn/locales"
)

// A code is a check in digits, to be written on paper and typed on any phone.
// It says which choices were made, what is open, and when the settled things
// were last looked at. It holds nothing else.
//
// # Layout
//
// A number in mixed radix, the first field outermost, then two check digits
// after ISO 7064 MOD 97-10 (every single wrong digit and every swap of two
// neighbours is noticed):
//
//	version 8 · person 3 · device 4 · shared 2 · two days 4096 each ·
//	services 2^16 · for each service: how many numbers 16, then 3 for each fix
//
// Services and fixes are known by the numbers in the pack, which never change.
// A fix that is newer than the code has a number above "how many" and is
// therefore new to the reader, not open and not done.
const (
	codeVersion = 1
	versions    = 8
	daysRadix   = 4096
	lengths     = 16
	states      = 3
	// Digits; all services with fifteen fixes each need fewer than the longest.
	shortestCode = 6
	longestCode  = 200
)

// The states of a fix inside a code.
const (
	stateDone = iota
	stateOpen
	stateCannot
)

// epoch is day 0 of a code.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// ErrCode means that the digits are no code: mistyped, cut, or from elsewhere.
var ErrCode = errors.New("checkup: not a code")

// packer writes and reads the fields of the number.
type packer struct {
	n      *big.Int
	fields []field
}

type field struct{ value, radix int }

func (p *packer) put(value, radix int) { p.fields = append(p.fields, field{value, radix}) }

// number multiplies the fields together, the last one innermost, above a
// leading one that shows where they end.
func (p *packer) number() *big.Int {
	n := big.NewInt(1)
	for _, f := range slices.Backward(p.fields) {
		n.Mul(n, big.NewInt(int64(f.radix)))
		n.Add(n, big.NewInt(int64(f.value)))
	}
	return n
}

// take reads the next field.
func (p *packer) take(radix int) int {
	rest := new(big.Int)
	p.n.DivMod(p.n, big.NewInt(int64(radix)), rest)
	return int(rest.Int64())
}

// Encode returns the code of s, digits only.
func Encode(lib *content.Library, s State) string {
	p := &packer{}
	p.put(codeVersion, versions)
	p.put(max(0, slices.Index(content.People(), s.Profile.Person)), len(content.People()))
	p.put(max(0, slices.Index(Devices(), s.Profile.Device)), len(Devices()))
	shared := 0
	if s.Profile.Shared {
		shared = 1
	}
	p.put(shared, 2)
	for _, rhythm := range rhythms() {
		p.put(min(max(0, days(s.Looked[rhythm])), daysRadix-1), daysRadix)
	}
	chosen := 0
	for _, sv := range lib.Services {
		if slices.Contains(s.Profile.Services, sv.ID) {
			chosen |= 1 << (sv.Number - 1)
		}
	}
	p.put(chosen, 1<<content.MaxService)
	asked := Questions(lib, s.Profile)
	for _, sv := range numbered(lib) {
		if chosen&(1<<(sv.Number-1)) == 0 {
			continue
		}
		byNumber := fixesByNumber(lib, sv.ID)
		count := highest(byNumber)
		p.put(count, lengths)
		for no := 1; no <= count; no++ {
			p.put(stateOf(byNumber[no], asked, s.Answers), states)
		}
	}
	n := p.number()
	n.Mul(n, big.NewInt(100))
	check := 98 - new(big.Int).Mod(n, big.NewInt(97)).Int64()
	return n.Add(n, big.NewInt(check)).String()
}

func stateOf(f *content.Fix, asked []*content.Fix, answers map[string]Answer) int {
	if f == nil || !slices.Contains(asked, f) {
		return stateDone
	}
	switch answers[f.ID] {
	case Yes:
		return stateDone
	case Cannot:
		return stateCannot
	case No, Unsure:
	}
	return stateOpen
}

// Decode reads a code that was typed in digits of any of the three languages,
// with spaces or hyphens anywhere. It returns ErrCode for anything else, and
// for a code from a day after today.
func Decode(lib *content.Library, typed string, today time.Time) (State, error) {
	n, ok := digits(typed)
	if !ok {
		return State{}, ErrCode
	}
	if new(big.Int).Mod(n, big.NewInt(97)).Int64() != 1 {
		return State{}, ErrCode
	}
	p := &packer{n: n.Div(n, big.NewInt(100))}
	if p.take(versions) != codeVersion {
		return State{}, ErrCode
	}
	s := State{Answers: map[string]Answer{}, Looked: map[int]time.Time{}}
	s.Profile.Person = content.People()[p.take(len(content.People()))]
	s.Profile.Device = Devices()[p.take(len(Devices()))]
	s.Profile.Shared = p.take(2) == 1
	for _, rhythm := range rhythms() {
		s.Looked[rhythm] = epoch.AddDate(0, 0, p.take(daysRadix))
		if s.Looked[rhythm].After(today) {
			return State{}, ErrCode
		}
	}
	chosen := p.take(1 << content.MaxService)
	for _, sv := range numbered(lib) {
		bit := 1 << (sv.Number - 1)
		if chosen&bit == 0 {
			continue
		}
		chosen &^= bit
		s.Profile.Services = append(s.Profile.Services, sv.ID)
		byNumber := fixesByNumber(lib, sv.ID)
		count := p.take(lengths)
		for no := 1; no <= count; no++ {
			answer := []Answer{Yes, No, Cannot}[p.take(states)]
			if f, ok := byNumber[no]; ok {
				s.Answers[f.ID] = answer
			}
		}
	}
	if chosen != 0 || len(s.Profile.Services) == 0 || p.n.Cmp(big.NewInt(1)) != 0 {
		return State{}, ErrCode
	}
	return s, nil
}

// digits reads what was typed as one number.
func digits(typed string) (*big.Int, bool) {
	code, ok := locales.Typed(typed)
	if !ok || len(code) < shortestCode || len(code) > longestCode {
		return nil, false
	}
	return new(big.Int).SetString(code, 10)
}

// Grouped writes a code in groups of four digits, as it stands on the page.
func Grouped(code string) string {
	var groups []string
	for group := range slices.Chunk([]byte(code), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}

func days(t time.Time) int { return int(t.UTC().Truncate(24*time.Hour).Sub(epoch) / (24 * time.Hour)) }

// rhythms are the two after which things are looked at again.
func rhythms() []int { return []int{content.Monthly, content.HalfYear} }

// numbered returns the services by number, whatever their display order.
func numbered(lib *content.Library) []*content.Service {
	out := slices.Clone(lib.Services)
	slices.SortFunc(out, func(a, b *content.Service) int { return a.Number - b.Number })
	return out
}

func fixesByNumber(lib *content.Library, service string) map[int]*content.Fix {
	out := map[int]*content.Fix{}
	for _, f := range lib.FixesOf(service) {
		out[f.Number] = f
	}
	return out
}

func highest(byNumber map[int]*content.Fix) int {
	top := 0
	for no := range byNumber {
		top = max(top, no)
	}
	return top
}

// String keeps answers out of logs, should a State ever meet one.
func (s State) String() string { return fmt.Sprintf("checkup.State(%d answers)", len(s.Answers)) }
