package site

import (
	"hisn/content"
	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/view"
)

type homePage struct {
	view.Page
	Services []option
	Sealed   bool // whether a sealed report can be written now
	Mailbox  bool // whether answers can be read
}

func (b *builder) home(l locales.Lang) any {
	p := homePage{Page: b.page(l, "/", "home.title")}
	p.Services, p.Sealed, p.Mailbox = b.services(l), b.set.Sealed, b.set.Mailbox
	return p
}

type errorPage struct {
	view.Page
	Kind fault.Kind
}

// guideView is a guide as a line of a list.
type guideView struct {
	ID, Icon       string
	Title, Summary string
	Minutes        int
}

func newGuideView(g *content.Guide, l locales.Lang) guideView {
	w := g.Words.For(l)
	return guideView{g.ID, g.Icon, w.Title, w.Summary, g.Minutes}
}

// fixLink is a link to a fix.
type fixLink struct{ ID, Title string }

func (b *builder) fixLinks(ids []string, l locales.Lang) []fixLink {
	var out []fixLink
	for _, id := range ids {
		if f, ok := b.lib.Fix(id); ok {
			out = append(out, fixLink{id, f.Words.For(l).Title})
		}
	}
	return out
}

type guidePage struct {
	view.Page
	Text    content.Prose
	Fixes   []fixLink
	Guides  []guideView
	Sources sourceView
}

func (b *builder) guide(g *content.Guide) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		text := g.Words.For(l)
		p := guidePage{
			Page: b.titled(l, "/learn/"+g.ID, text.Title), Text: text,
			Fixes: b.fixLinks(g.Related.Fixes, l), Sources: b.sources(g.Due, "", g.Sources),
		}
		for _, id := range g.Related.Guides {
			if other, ok := b.lib.Guide(id); ok {
				p.Guides = append(p.Guides, newGuideView(other, l))
			}
		}
		return p
	}
}

// review says how many texts a role has read.
type review struct {
	Role        content.Role
	Done, Total int
}

type plainPage struct {
	view.Page
	Text    content.Prose
	Reviews []review // on the about page only
}

func (b *builder) plain(pg *content.Page) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		text := pg.Words.For(l)
		p := plainPage{Page: b.titled(l, "/"+pg.ID, text.Title), Text: text}
		if pg.ID == "about" {
			by, total := b.lib.Reviewed(l)
			for _, role := range content.Roles() {
				p.Reviews = append(p.Reviews, review{role, by[role], total})
			}
		}
		return p
	}
}
