package content

import (
	"path"
	"slices"
)

func (c *checker) fix(f *Fix) {
	dir := path.Join("fixes", f.ID)
	file := path.Join(dir, "fix.yaml")
	c.id(file, f.ID)
	c.due(file, f.Due)
	c.fixValues(file, f)
	service, ok := c.lib.Service(f.Service)
	if !ok {
		c.fail(file, "no service is called %q", f.Service)
		return
	}
	c.link(file, f.Help, false)
	if f.Link != "" {
		c.link(file, f.Link, true)
		if f.Service == "whatsapp" {
			c.fail(file, "never a direct link for WhatsApp: linking codes use the same address")
		}
	}
	want := map[string]bool{}
	for _, sys := range Systems() {
		steps, has := f.Steps[sys]
		absent, lacks := f.Absent[sys]
		switch {
		case has == lacks:
			c.fail(file, "%s must stand either in steps or in absent", sys)
		case lacks && !slices.Contains([]string{PhoneOnly, Unknown, NotThere}, absent):
			c.fail(file, "absent: %q is not known", absent)
		case has && len(steps) == 0:
			c.fail(file, "%s has no steps", sys)
		}
		for _, st := range steps {
			c.step(file, st, service)
			if st.Say != "" {
				want["steps."+st.Say] = true
			}
		}
	}
	for _, k := range []string{"title", "ask", "hint", "why", "see", "differs", "cannot"} {
		want[k] = true
	}
	c.sameKeys(dir, ".yaml", flatWords(f.Words), want)
}

func (c *checker) fixValues(file string, f *Fix) {
	if len(f.Protects) < 1 || len(f.Protects) > 3 {
		c.fail(file, "protects holds one to three harms")
	}
	for _, h := range f.Protects {
		if !slices.Contains(Harms(), h) {
			c.fail(file, "harm %q is not known", h)
		}
	}
	if f.Effect < 1 || f.Effect > 100 || f.Minutes < 1 || f.Minutes > 15 {
		c.fail(file, "effect is 1 to 100, minutes 1 to 15")
	}
	if f.EffectFrom != Judgement {
		c.sources(file, []string{f.EffectFrom})
	}
	if len(f.People) == 0 {
		c.fail(file, "people is empty")
	}
	for _, p := range f.People {
		if !slices.Contains(People(), p) {
			c.fail(file, "person %q is not known", p)
		}
	}
	if !slices.Contains([]Strength{Official, Mirror, Several, Single}, f.PathStrength) {
		c.fail(file, "path_strength %q is not known", f.PathStrength)
	}
	if len(f.Sources) == 0 {
		c.fail(file, "a fix has at least one source")
	}
	c.sources(file, f.Sources)
	if !slices.Contains([]int{Never, Monthly, HalfYear}, f.Again) {
		c.fail(file, "again is %d, %d or %d days", Never, Monthly, HalfYear)
	}
	for _, t := range f.Noticed {
		if !slices.Contains(Traces(), t) {
			c.fail(file, "noticed: trace %q is not known", t)
		}
	}
	if len(f.Says) == 0 {
		c.fail(file, "says: names no message that may come up")
	}
	for _, o := range f.Says {
		if !slices.Contains(c.lib.Obstacles.List, o) {
			c.fail(file, "says: no obstacle is called %q", o)
		}
	}
	for _, id := range f.After {
		if _, ok := c.lib.Fix(id); !ok {
			c.fail(file, "after: no fix is called %q", id)
		}
	}
}

func (c *checker) step(file string, st Step, s *Service) {
	if (st.Say == "") == (len(st.Path) == 0) {
		c.fail(file, "a step is either a path or a sentence")
	}
	for _, label := range st.Path {
		if _, ok := s.Labels[label]; !ok {
			c.fail(file, "%s has no label %q", s.ID, label)
		}
	}
}

// order refuses fixes that wait for each other.
func (c *checker) order() {
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(id string)
	visit = func(id string) {
		f, ok := c.lib.Fix(id)
		if !ok || state[id] == done {
			return
		}
		if state[id] == visiting {
			c.fail(path.Join("fixes", id, "fix.yaml"), "after: waits for itself")
			return
		}
		state[id] = visiting
		for _, before := range f.After {
			visit(before)
		}
		state[id] = done
	}
	for _, f := range c.lib.Fixes {
		visit(f.ID)
	}
}

// numbers refuses numbers that a plan's code could not tell apart.
func (c *checker) numbers() {
	services := map[int]string{}
	for _, s := range c.lib.Services {
		file := path.Join("services", s.ID, "service.yaml")
		if s.Number < 1 || s.Number > MaxService {
			c.fail(file, "no is 1 to %d", MaxService)
		}
		if other, taken := services[s.Number]; taken {
			c.fail(file, "no %d belongs to %s", s.Number, other)
		}
		services[s.Number] = s.ID
		fixes := map[int]string{}
		for _, f := range c.lib.FixesOf(s.ID) {
			file := path.Join("fixes", f.ID, "fix.yaml")
			if f.Number < 1 || f.Number > MaxNumber {
				c.fail(file, "no is 1 to %d", MaxNumber)
			}
			if other, taken := fixes[f.Number]; taken {
				c.fail(file, "no %d belongs to %s", f.Number, other)
			}
			fixes[f.Number] = f.ID
		}
	}
}

func (c *checker) access(a *Access) {
	dir := path.Join("access", a.Service)
	file := path.Join(dir, "access.yaml")
	if _, ok := c.lib.Service(a.Service); !ok {
		c.fail(file, "no service is called %q", a.Service)
	}
	c.due(file, a.Due)
	c.sources(file, a.Sources)
	if len(a.Steps) < 2 || len(a.Have) == 0 || len(a.Meanwhile) == 0 || len(a.Sources) == 0 {
		c.fail(file, "needs two steps, what to have, what to do meanwhile, and a source")
	}
	want := map[string]bool{"title": true, "lead": true, "wait": true, "still": true, "helpers": true}
	for _, st := range a.Steps {
		want["steps."+st.Say] = true
		if st.Link != "" {
			c.link(file, st.Link, false)
		}
	}
	for _, k := range a.Have {
		want["have."+k] = true
	}
	for _, k := range a.Meanwhile {
		want["meanwhile."+k] = true
	}
	c.sameKeys(dir, ".yaml", flatWords(a.Words), want)
}

func (c *checker) obstacles(o *Obstacles) {
	c.due("obstacles/obstacles.yaml", o.Due)
	c.sources("obstacles/obstacles.yaml", o.Sources)
	want := map[string]bool{}
	for _, id := range o.List {
		c.id("obstacles/obstacles.yaml", id)
		want["obstacles."+id+".says"], want["obstacles."+id+".do"] = true, true
	}
	c.sameKeys("obstacles", ".yaml", flatWords(o.Words), want)
	for _, s := range c.lib.Services {
		if _, ok := c.lib.AccessTo(s.ID); !ok {
			c.fail(path.Join("access", s.ID), "is missing: every service has a way back in")
		}
	}
}
