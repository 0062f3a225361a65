package checkup_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hisn/content"
	"hisn/server/checkup"
)

func library(t testing.TB) *content.Library {
	t.Helper()
	lib, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return lib
}

func allServices(lib *content.Library) []string {
	var out []string
	for _, s := range lib.Services {
		out = append(out, s.ID)
	}
	return out
}

// ids lists a plan as one line: now, next, later, safe.
func ids(p checkup.Plan) []string {
	var out []string
	add := func(items ...checkup.Item) {
		for _, it := range items {
			out = append(out, it.Fix.ID)
		}
	}
	if p.Now != nil {
		add(*p.Now)
	}
	add(p.Next...)
	for _, g := range p.Later {
		add(g...)
	}
	out = append(out, "|")
	add(p.Safe...)
	return out
}

// holds checks what must be true of every plan.
func holds(t *testing.T, lib *content.Library, profile checkup.Profile, answers map[string]checkup.Answer) {
	t.Helper()
	plan := checkup.Make(lib, profile, answers)
	questions := checkup.Questions(lib, profile)

	if again := checkup.Make(lib, profile, answers); !slices.Equal(ids(plan), ids(again)) {
		t.Fatalf("the same answers gave two plans: %v, %v", ids(plan), ids(again))
	}
	at := map[string]int{}
	for i, id := range ids(plan) {
		if _, twice := at[id]; twice {
			t.Fatalf("%s stands twice in the plan", id)
		}
		at[id] = i
	}
	open := 0
	for _, f := range questions {
		i, ok := at[f.ID]
		if !ok {
			t.Fatalf("%s was asked and is not in the plan", f.ID)
		}
		if answers[f.ID] == checkup.Yes {
			if i < at["|"] {
				t.Fatalf("%s is safe and stands among the open ones", f.ID)
			}
			continue
		}
		open++
		for _, before := range f.After {
			if j, ok := at[before]; ok && j < at["|"] && j > i {
				t.Fatalf("%s stands before %s, which has to come first", f.ID, before)
			}
		}
	}
	if len(at)-1 != len(questions) {
		t.Fatalf("the plan has %d fixes, %d were asked", len(at)-1, len(questions))
	}
	if (plan.Now == nil) != (open == 0) || len(plan.Next) > checkup.NextSize {
		t.Fatalf("%d are open, now is %v, next has %d", open, plan.Now, len(plan.Next))
	}
	for _, g := range plan.Later {
		if n := 1 + len(plan.Next) + len(g); n > 7 || len(g) == 0 {
			t.Fatalf("%d fixes on a screen", n)
		}
	}
}

// combinations is how many sets of answers to one service are looked at one by
// one; a service with more questions gets that many drawn ones.
const combinations = 1 << 12

// TestMake_everyCombination goes through all answers to all questions of each
// service, for every person and device; of the large ones through many.
func TestMake_everyCombination(t *testing.T) {
	t.Parallel()
	lib := library(t)
	for _, service := range allServices(lib) {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			for _, person := range content.People() {
				device := checkup.AndroidPhone
				profile := checkup.Profile{Person: person, Device: device, Services: []string{service}}
				questions := checkup.Questions(lib, profile)
				total := 1
				for range questions {
					total *= len(checkup.Answers())
				}
				random := rand.New(rand.NewPCG(uint64(total), 1))
				for n := range min(total, combinations) {
					if total > combinations {
						n = random.IntN(total)
					}
					answers := map[string]checkup.Answer{}
					for rest, i := n, 0; i < len(questions); i++ {
						answers[questions[i].ID] = checkup.Answers()[rest%4]
						rest /= 4
					}
					holds(t, lib, profile, answers)
				}
			}
		})
	}
}

// TestMake_together draws answers over all services at once; the seed is fixed.
func TestMake_together(t *testing.T) {
	t.Parallel()
	lib := library(t)
	random := rand.New(rand.NewPCG(1, 2))
	choices := append(checkup.Answers(), "", "nonsense")
	for range 3000 {
		profile := checkup.Profile{
			Person: content.People()[random.IntN(3)],
			Device: checkup.Devices()[random.IntN(4)],
		}
		for _, s := range allServices(lib) {
			if random.IntN(2) == 0 {
				profile.Services = append(profile.Services, s)
			}
		}
		answers := map[string]checkup.Answer{}
		for _, f := range checkup.Questions(lib, profile) {
			answers[f.ID] = choices[random.IntN(len(choices))]
		}
		holds(t, lib, profile, answers)
	}
}

func TestMake_answers(t *testing.T) {
	t.Parallel()
	lib := library(t)
	profile := checkup.Profile{Person: content.Young, Device: checkup.AndroidPhone, Services: []string{"whatsapp"}}
	all := func(a checkup.Answer) map[string]checkup.Answer {
		out := map[string]checkup.Answer{}
		for _, f := range checkup.Questions(lib, profile) {
			out[f.ID] = a
		}
		return out
	}
	if p := checkup.Make(lib, profile, all(checkup.Yes)); p.Now != nil || len(p.Safe) == 0 {
		t.Errorf("everything safe, yet the plan begins with %v", p.Now)
	}
	no := checkup.Make(lib, profile, all(checkup.No))
	none := checkup.Make(lib, profile, nil)
	if none.Now == nil || none.Now.Answer != checkup.Unsure {
		t.Error("questions left out do not count as unsure")
	}
	mixed := all(checkup.No)
	mixed[no.Now.Fix.ID] = checkup.Cannot
	if p := checkup.Make(lib, profile, mixed); p.Now.Fix.ID == no.Now.Fix.ID && no.Now.Score-no.Next[0].Score < 60 {
		t.Error("what cannot be done still comes first")
	}
}

func TestQuestions_fitThePerson(t *testing.T) {
	t.Parallel()
	lib := library(t)
	for _, person := range content.People() {
		for _, device := range checkup.Devices() {
			got := checkup.Questions(lib, checkup.Profile{Person: person, Device: device, Services: allServices(lib)})
			for _, f := range got {
				if !f.Concerns(person) {
					t.Errorf("%s is asked of a %s", f.ID, person)
				}
			}
			if device == checkup.AndroidPhone && slices.ContainsFunc(got, func(f *content.Fix) bool { return f.ID == "phone-iphone-safety-check" }) {
				t.Error("an iPhone check is asked on Android")
			}
		}
	}
}

func BenchmarkMake(b *testing.B) {
	lib := library(b)
	profile := checkup.Profile{Person: content.Young, Device: checkup.BothPhones, Services: allServices(lib)}
	for b.Loop() {
		checkup.Make(lib, profile, nil)
	}
}
