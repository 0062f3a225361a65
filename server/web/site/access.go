package site

import (
	"hisn/content"
	"hisn/locales"
	"hisn/server/view"
)

type accessStep struct{ Say, Link string }

type accessPage struct {
	view.Page
	Service   serviceView
	Words     content.AccessWords
	Have      []string
	Steps     []accessStep
	Meanwhile []string
	Sources   sourceView
}

// access is the way back into one service.
func (b *builder) access(a *content.Access) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		w := a.Words.For(l)
		p := accessPage{
			Page: b.titled(l, "/access/"+a.Service, w.Title), Service: newServiceView(b.lib, a.Service, l),
			Words: w, Sources: b.sources(a.Due, "", a.Sources),
		}
		for _, k := range a.Have {
			p.Have = append(p.Have, w.Have[k])
		}
		for _, st := range a.Steps {
			p.Steps = append(p.Steps, accessStep{w.Steps[st.Say], st.Link})
		}
		for _, k := range a.Meanwhile {
			p.Meanwhile = append(p.Meanwhile, w.Meanwhile[k])
		}
		return p
	}
}

// accessList leads to the ways back into all services.
func (b *builder) accessList(l locales.Lang) any {
	p := homePage{Page: b.page(l, "/access", "access.title")}
	p.Services = b.services(l)
	return p
}

// services lists all services as choices.
func (b *builder) services(l locales.Lang) []option {
	var out []option
	for _, s := range b.lib.Services {
		out = append(out, option{ID: s.ID, Name: s.Words.For(l).Name, Icon: s.Icon})
	}
	return out
}

type sheetPage struct {
	view.Page
	Groups []servicePage
}

// paper is the whole check as one sheet, for somebody who does not want to
// answer on a phone that others see.
func (b *builder) paper(l locales.Lang) any {
	p := sheetPage{Page: b.page(l, "/check/sheet", "paper.title")}
	for _, s := range b.lib.Services {
		group := servicePage{Service: newServiceView(b.lib, s.ID, l)}
		for _, f := range b.lib.FixesOf(s.ID) {
			group.Fixes = append(group.Fixes, newFixView(b.lib, f, l, everyDevice))
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}
