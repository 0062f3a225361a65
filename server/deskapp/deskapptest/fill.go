package deskapptest

import (
	"strings"
	"time"

	"hisn/server/seal"
)

// Pages lists pages of the program that show the first thread and the list, by
// their address without the language.
func Pages() []string {
	return []string{
		"/list", "/list?state=all", "/list?label=urgent", "/password", "/export", "/t/1", "/t/1/reply", "/t/1/reply?close=1",
		"/t/1/move", "/t/1/print", "/t/1/export",
	}
}

// story is one of the reports with which Fill fills a desk.
type story struct {
	days   int // ago
	text   string
	what   string // ids apart by spaces, as all that follow
	want   string
	where  string
	danger string
	rest   string // about who since paid shared age, each as field=id
	flags  string // woman local contact national move
}

func stories() []story {
	return []story{
		{0, "هددني بنشر صوري إذا لم أخرج معه غداً. قال إنه يعرف بيتنا. لا أستطيع أن أخبر أبي.\n\nأرجوكم لا تتصلوا بالبيت.", "picture chat", "meeting silence", "instagram whatsapp", "home meet life", "about=me who=ex since=days paid=no shared=no age=under18", "woman local contact national"},
		{1, "کەسێک لە ئینتەرنێت ناسیم، ئێستا داوای پارە دەکات و دەڵێت وێنەکانم بۆ هاوڕێکانم دەنێرێت. دوو جار پارەم ناردووە.", "picture", "money", "facebook telegram", "", "about=me who=online since=weeks paid=yes shared=some age=under18", "move"},
		{2, "My younger brother got a message with a fake picture of him. They want gift cards.\nLink: https://bit.example/x1", "edited", "money", "discord games", "", "about=friend who=stranger since=today paid=no shared=no age=under18", "national move"},
		{0, "", "account", "codes", "facebook", "", "about=me who=unknown since=today", ""},
		{5, "ابنتي لا تنام منذ أيام. رأيت رسائل تهديد في هاتفها من حساب مجهول.", "chat", "silence unknown", "tiktok", "self", "about=child who=unknown since=weeks shared=unknown age=under18", "woman national move"},
		{3, "قوتابییەکم هەڕەشەی لێ دەکرێت لە گرووپی پۆلەکەدا. وێنەیەکی دەستکاریکراو بڵاو بووەتەوە.", "edited chat", "silence", "viber", "", "about=pupil who=classmate since=days shared=public age=under18", "move"},
		{20, "طُلب مني رمز وصل برسالة، وبعدها خرجت من حسابي. الحساب يطلب مالاً من أصدقائي الآن.", "account money", "money", "whatsapp", "", "about=me who=stranger since=months paid=unsaid age=adult", ""},
		{0, "He says he will come to the university tomorrow.", "picture", "meeting", "snapchat phone", "meet", "about=me who=ex since=today age=adult", "woman contact"},
	}
}

// Fill drops forty reports on the desk of Baghdad: some stories again and again,
// of different days, and some for other desks.
func (h *House) Fill() []*Reporter {
	h.t.Helper()
	var out []*Reporter
	for n := range 40 {
		s := stories()[n%len(stories())]
		r := h.Reporter()
		r.Write("IQ-BG", func(x *seal.Report) { s.write(x, h.Now().AddDate(0, 0, -s.days-n/len(stories()))) })
		out = append(out, r)
	}
	h.Reporter().Write("IQ-BA", nil)
	return out
}

func (s story) write(x *seal.Report, day time.Time) {
	x.Day = day.Format(time.DateOnly)
	f := &x.F
	f.Text, f.What, f.Want = s.text, strings.Fields(s.what), strings.Fields(s.want)
	f.Where, f.Danger = strings.Fields(s.where), strings.Fields(s.danger)
	for _, pair := range strings.Fields(s.rest) {
		field, id, _ := strings.Cut(pair, "=")
		*map[string]*string{"about": &f.About, "who": &f.Who, "since": &f.Since, "paid": &f.Paid, "shared": &f.Shared, "age": &f.Age}[field] = id
	}
	if strings.Contains(s.want, "meeting") {
		f.Handles = "instagram.com/_dark.rider_77\n+964 770 000 0000"
		x.Hashes = []seal.FileHash{{SHA256: strings.Repeat("3fa1", 16), Size: 482113, Mime: "image/jpeg"}}
	}
	if strings.Contains(s.flags, "contact") {
		f.When = "صباحاً فقط، قبل الثانية عشرة"
	} else {
		f.Reach = "خالتي تعرف بالأمر: 0770 111 1111"
	}
	x.Flags = seal.Flags{
		WomanOfficer: strings.Contains(s.flags, "woman"), NoLocal: strings.Contains(s.flags, "local"),
		NoContact: strings.Contains(s.flags, "contact"), National: strings.Contains(s.flags, "national"),
		MoveOK: strings.Contains(s.flags, "move"),
	}
}
