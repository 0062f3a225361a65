package site

import (
	"slices"

	"hisn/content"
	"hisn/locales"
	"hisn/server/view"
)

// lessonView is something to practise, as a line of a list.
type lessonView struct {
	Path, Icon     string
	Title, Summary string
	Minutes        int
	Key            string // what a tick on it is kept as
}

func chatLesson(c *content.Chat, l locales.Lang) lessonView {
	w := c.Words.For(l)
	return lessonView{"/learn/chat/" + c.ID, c.Icon, w.Title, w.Intro, c.Minutes, "chat/" + c.ID}
}

func quizLesson(q *content.Quiz, l locales.Lang) lessonView {
	w := q.Words.For(l)
	return lessonView{"/learn/quiz/" + q.ID, q.Icon, w.Title, w.Intro, q.Minutes, "quiz/" + q.ID}
}

type chatPage struct {
	view.Page
	ID, Icon string
	Words    content.ChatWords
	Minutes  int
	Start    string
	Sources  sourceView
}

// chat is the page before a story, with the gentle question first.
func (b *builder) chat(c *content.Chat) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		w := c.Words.For(l)
		return chatPage{
			Page: b.practice(l, "/learn/chat/"+c.ID, w.Title), ID: c.ID, Icon: c.Icon, Words: w, Minutes: c.Minutes,
			Start: "/learn/chat/" + c.ID + "/" + c.Start, Sources: b.sources(c.Due, "", c.Sources),
		}
	}
}

// bubbleView is one message. By is "me", "note" or "other".
type bubbleView struct{ By, Name, Text string }

type replyView struct{ Text, Feedback, To string }

type nodePage struct {
	view.Page
	Story   string // address of the story's first page
	Title   string
	Player  string
	Stage   content.Stage
	Bubbles []bubbleView
	Words   content.ChatNodeWords
	Replies []replyView
	End     string
	Fixes   []fixLink
	Guides  []guideView
	Next    *lessonView
}

// node is one screen of a story. Choices in a story are no words of a person
// about themselves, so they may stand in the address.
func (b *builder) node(c *content.Chat, id string) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		w, n, story := c.Words.For(l), c.Nodes[id], "/learn/chat/"+c.ID
		p := nodePage{
			Page: b.practice(l, story+"/"+id, w.Title), Story: story, Title: w.Title, Player: w.Player,
			Stage: n.Stage, Words: w.Nodes[id], End: n.End,
		}
		for _, bubble := range n.Say {
			v := bubbleView{By: bubble.By, Text: w.Nodes[id].Say[bubble.ID]}
			if bubble.By != content.Me && bubble.By != content.Narrator {
				v.By, v.Name = "other", w.People[bubble.By]
			}
			p.Bubbles = append(p.Bubbles, v)
		}
		for _, r := range n.Replies {
			p.Replies = append(p.Replies, replyView{w.Nodes[id].Replies[r.ID], w.Nodes[id].Feedback[r.ID], story + "/" + r.To})
		}
		if n.End != "" {
			b.ending(&p, c, l)
		}
		return p
	}
}

// ending adds what an ending leads on to.
func (b *builder) ending(p *nodePage, c *content.Chat, l locales.Lang) {
	p.Fixes = b.fixLinks(c.Fixes, l)
	for _, id := range c.Guides {
		if g, ok := b.lib.Guide(id); ok {
			p.Guides = append(p.Guides, newGuideView(g, l))
		}
	}
	if at := slices.Index(b.lib.Chats, c); at+1 < len(b.lib.Chats) {
		next := chatLesson(b.lib.Chats[at+1], l)
		p.Next = &next
	}
}
