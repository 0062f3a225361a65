package checkup_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hisn/content"
	"hisn/locales"
	"hisn/server/checkup"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// drawn returns a state as the form can make it.
func drawn(lib *content.Library, r *rand.Rand) checkup.State {
	services := allServices(lib)
	r.Shuffle(len(services), func(i, j int) { services[i], services[j] = services[j], services[i] })
	s := checkup.Start(checkup.Profile{
		Person:   content.People()[r.IntN(3)],
		Device:   checkup.Devices()[r.IntN(4)],
		Services: services[:1+r.IntN(len(services))],
		Shared:   r.IntN(2) == 0,
	}, map[string]checkup.Answer{}, day("2026-11-23").AddDate(0, 0, r.IntN(900)))
	s.Looked[content.Monthly] = s.Looked[content.HalfYear].AddDate(0, 0, r.IntN(300))
	for _, f := range checkup.Questions(lib, s.Profile) {
		s.Answers[f.ID] = checkup.Answers()[r.IntN(4)]
	}
	return s
}

// carried is what a code keeps of an answer: "not sure" is as open as "no".
func carried(a checkup.Answer) checkup.Answer {
	if a == checkup.Unsure {
		return checkup.No
	}
	return a
}

func TestCode_bringsTheStateBack(t *testing.T) {
	t.Parallel()
	lib := library(t)
	r := rand.New(rand.NewPCG(1, 2))
	today := day("2035-01-01")
	for range 2000 {
		s := drawn(lib, r)
		code := checkup.Encode(lib, s)
		typed := checkup.Grouped(code)
		switch r.IntN(3) {
		case 1:
			typed = locales.Digits(locales.Arabic, typed)
		case 2:
			typed = strings.ReplaceAll(locales.Digits(locales.Sorani, code), " ", "-")
		}
		back, err := checkup.Decode(lib, typed, today)
		if err != nil {
			t.Fatalf("%s is not read: %v", code, err)
		}
		if back.Profile.Person != s.Profile.Person || back.Profile.Device != s.Profile.Device || back.Profile.Shared != s.Profile.Shared {
			t.Fatalf("%+v came back as %+v", s.Profile, back.Profile)
		}
		if len(back.Profile.Services) != len(s.Profile.Services) {
			t.Fatalf("services %v came back as %v", s.Profile.Services, back.Profile.Services)
		}
		for rhythm, d := range s.Looked {
			if !back.Looked[rhythm].Equal(d) {
				t.Fatalf("day %v came back as %v", d, back.Looked[rhythm])
			}
		}
		for id, a := range s.Answers {
			if back.Answers[id] != carried(a) {
				t.Fatalf("%s: %s came back as %s", id, a, back.Answers[id])
			}
		}
		if len(back.New(lib)) != 0 {
			t.Fatal("something is new to a code of today")
		}
		if again := checkup.Encode(lib, back); again != code {
			t.Fatalf("%s came back as %s", code, again)
		}
	}
}

// TestCode_slips types every code with one digit wrong and with two neighbours
// swapped: none may open another plan.
func TestCode_slips(t *testing.T) {
	t.Parallel()
	lib := library(t)
	r := rand.New(rand.NewPCG(3, 4))
	refused := func(code string) {
		t.Helper()
		if _, err := checkup.Decode(lib, code, day("2035-01-01")); !errors.Is(err, checkup.ErrCode) {
			t.Errorf("%s was accepted: %v", code, err)
		}
	}
	for range 40 {
		code := []byte(checkup.Encode(lib, drawn(lib, r)))
		for i := range code {
			wrong := append([]byte(nil), code...)
			wrong[i] = '0' + (wrong[i]-'0'+1+byte(r.IntN(9)))%10
			refused(string(wrong))
			if i > 0 && code[i] != code[i-1] {
				swapped := append([]byte(nil), code...)
				swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
				refused(string(swapped))
			}
		}
		refused(string(code[:len(code)-1]))
	}
	for _, not := range []string{"", "12", "abcdef", "123456", strings.Repeat("9", 500), "1234 5678 9x12", "٣٣٣٣٣٣٣٣"} {
		refused(not)
	}
}

func TestCode_isShort(t *testing.T) {
	t.Parallel()
	lib := library(t)
	for services, most := range map[int]int{1: 26, 3: 40, len(lib.Services): 100} {
		s := checkup.Start(checkup.Profile{
			Person: content.Young, Device: checkup.AndroidPhone, Services: allServices(lib)[:services],
		}, map[string]checkup.Answer{}, day("2026-11-23"))
		if n := len(checkup.Encode(lib, s)); n > most {
			t.Errorf("the code of %d services has %d digits, %d at the most", services, n, most)
		}
	}
}

func TestCode_fromTomorrow(t *testing.T) {
	t.Parallel()
	lib := library(t)
	s := checkup.Start(checkup.Profile{
		Person: content.Young, Device: checkup.IPhone, Services: []string{"phone"},
	}, map[string]checkup.Answer{}, day("2026-12-02"))
	if _, err := checkup.Decode(lib, checkup.Encode(lib, s), day("2026-12-01")); !errors.Is(err, checkup.ErrCode) {
		t.Errorf("a code from tomorrow: %v", err)
	}
}

// TestCode_newFix reads a code from a pack in which a service had fewer fixes.
func TestCode_newFix(t *testing.T) {
	t.Parallel()
	lib := library(t)
	older := *lib
	var last *content.Fix
	for _, f := range lib.FixesOf("telegram") {
		if last == nil || f.Number > last.Number {
			last = f
		}
	}
	older.Fixes = nil
	for _, f := range lib.Fixes {
		if f != last {
			older.Fixes = append(older.Fixes, f)
		}
	}
	profile := checkup.Profile{Person: last.People[0], Device: checkup.BothPhones, Services: []string{"telegram"}}
	answers := map[string]checkup.Answer{}
	for _, f := range checkup.Questions(&older, profile) {
		answers[f.ID] = checkup.Yes
	}
	s, err := checkup.Decode(lib, checkup.Encode(&older, checkup.Start(profile, answers, day("2026-11-23"))), day("2026-11-24"))
	if err != nil {
		t.Fatal(err)
	}
	if fresh := s.New(lib); len(fresh) != 1 || fresh[0] != last {
		t.Errorf("new are %v, want %s", fresh, last.ID)
	}
	if plan := checkup.Make(lib, s.Profile, s.Answers); plan.Now == nil || plan.Now.Fix != last {
		t.Error("the new fix is not open")
	}
}

// TestState_due follows one check over a year.
func TestState_due(t *testing.T) {
	t.Parallel()
	lib := library(t)
	profile := checkup.Profile{Person: content.Young, Device: checkup.AndroidPhone, Services: []string{"whatsapp"}}
	answers := map[string]checkup.Answer{}
	for _, f := range checkup.Questions(lib, profile) {
		answers[f.ID] = checkup.Yes
	}
	names := func(fixes []*content.Fix) string {
		out := []string{}
		for _, f := range fixes {
			out = append(out, f.ID)
		}
		return fmt.Sprint(out)
	}
	s := checkup.Start(profile, answers, day("2026-11-23"))
	if due := s.Due(lib, day("2026-12-22")); len(due) != 0 {
		t.Errorf("after 29 days %s are due", names(due))
	}
	if due := s.Due(lib, day("2026-12-23")); names(due) != "[whatsapp-linked-devices]" {
		t.Errorf("after 30 days %s are due", names(due))
	}
	s = s.Tick(lib, []string{"whatsapp-linked-devices"}, day("2026-12-23"))
	if due := s.Due(lib, day("2027-01-10")); len(due) != 0 {
		t.Errorf("after the second look %s are due", names(due))
	}
	due := s.Due(lib, day("2027-05-01"))
	if len(due) < 5 {
		t.Errorf("after five months only %s are due: the monthly look moved the other day", names(due))
	}
	part := s.Tick(lib, []string{due[0].ID}, day("2027-05-01"))
	if again := part.Due(lib, day("2027-05-01")); len(again) < 4 {
		t.Errorf("one tick made everything fresh: %s", names(again))
	}
	var all []string
	for _, f := range due {
		all = append(all, f.ID)
	}
	if left := s.Tick(lib, all, day("2027-05-01")).Due(lib, day("2027-05-01")); len(left) != 0 {
		t.Errorf("after ticking all %s are due", names(left))
	}
	for _, f := range s.Due(lib, day("2040-01-01")) {
		if f.Again == content.Never {
			t.Errorf("%s is once and for all, and came due", f.ID)
		}
	}
}

// TestMake_shared: on a phone that others see, what shows never stands before
// what does not, when both help alike.
func TestMake_shared(t *testing.T) {
	t.Parallel()
	lib := library(t)
	profile := checkup.Profile{Person: content.Young, Device: checkup.AndroidPhone, Services: allServices(lib)}
	alone := checkup.Make(lib, profile, nil)
	profile.Shared = true
	shared := checkup.Make(lib, profile, nil)
	at := func(p checkup.Plan, id string) int {
		for i, it := range p.All() {
			if it.Fix.ID == id {
				return i
			}
		}
		return -1
	}
	if a, b := at(alone, "whatsapp-two-step"), at(shared, "whatsapp-two-step"); a >= b {
		t.Errorf("a new lock stands at %d alone and at %d on a shared phone", a, b)
	}
	for _, it := range append([]checkup.Item{*shared.Now}, shared.Next...) {
		if len(it.Fix.Noticed) > 1 {
			t.Errorf("%s comes among the first four and shows as %v", it.Fix.ID, it.Fix.Noticed)
		}
	}
}

func FuzzDecode(f *testing.F) {
	lib, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	f.Add("1234 5678")
	f.Add(checkup.Encode(lib, drawn(lib, rand.New(rand.NewPCG(5, 6)))))
	f.Fuzz(func(t *testing.T, typed string) {
		s, err := checkup.Decode(lib, typed, day("2030-01-01"))
		if err != nil {
			return
		}
		if checkup.Encode(lib, s) == "" || len(s.Profile.Services) == 0 {
			t.Errorf("%q opened an empty plan", typed)
		}
	})
}
