// Package gallery shows every page of the site in every state that people
// meet, in three languages side by side. It is for the people who build and
// review the site, and exists only in development mode.
//
// A state is an ordinary request to the site itself, so that what is seen here
// is what readers get. The same states are what the pictures, the checks for
// accessibility and the look for overflow go through.
package gallery

import (
	"net/url"
	"strings"
)

// State is a page in one of its states: the request that brings it about.
type State struct {
	Name string     // unique
	Path string     // without language
	Form url.Values // sent to Path; nil means that the page is only opened
}

// form reads "a=1&b=2".
func form(raw string) url.Values {
	v, err := url.ParseQuery(raw)
	if err != nil {
		panic("gallery: " + raw)
	}
	return v
}

// quizAnswers are answers to a whole form: right, partly right and wrong ones.
const quizAnswers = "a1=p2&a1=p3&a2=p1&a3=o2&a3=o3&a3=o5&a4=o3&a5.o1=1&a5.o2=2&a6=o1&a7=-&a8=o1"

// code opens a mailbox in which nothing lies.
const code = "00380+75818+20178+02468+25046"

// States lists all states, in the order of a walk through the site.
func States() []State {
	some := "for=young&phone=android&app=whatsapp&app=instagram&app=google&app=phone"
	mixed := "&whatsapp-two-step=no&whatsapp-linked-devices=yes&whatsapp-groups=cannot&instagram-private=yes" +
		"&instagram-two-factor=unsure&google-devices=yes&google-recovery=no&phone-screen-lock=yes"
	safe := "for=teacher&phone=iphone&app=discord&" + strings.Join([]string{
		"discord-two-factor=yes", "discord-devices=yes", "discord-backup-codes=yes", "discord-family-center=yes",
		"discord-sensitive-media=yes", "discord-strangers=yes",
	}, "&")
	again := "for=young&phone=android&app=telegram&telegram-two-step=yes&telegram-devices=yes&telegram-groups=no" +
		"&telegram-calls=yes&telegram-phone-number=yes&telegram-last-seen-photo=cannot&telegram-passcode=no"
	return []State{
		{"home", "/", nil},
		{"check", "/check", nil},
		{"check missing", "/check", form("step=questions&for=parent&shared=yes")},
		{"check wrong code", "/check", form("step=code&code=1234 5678")},
		{"questions", "/check", form("step=questions&" + some)},
		{"questions answered", "/check", form("step=questions&" + some + mixed)},
		{"plan", "/check", form("step=plan&" + some + mixed)},
		{"plan shared phone", "/check", form("step=plan&shared=yes&" + some + mixed)},
		{"plan cannot", "/check", form("step=plan&for=parent&phone=both&app=whatsapp&whatsapp-linked-devices=cannot&whatsapp-two-step=yes")},
		{"plan safe", "/check", form("step=plan&day-30=2026-11-23&day-150=2026-11-23&" + safe)},
		{"plan again", "/check", form("step=plan&day-30=2026-02-01&day-150=2026-02-01&" + again)},
		{"sheet", "/check/sheet", nil},
		{"service", "/check/whatsapp", nil},
		{"fix", "/fix/whatsapp-two-step", nil},
		{"fix three systems", "/fix/google-recovery", nil},
		{"fix without path", "/fix/tiktok-true-age", nil},
		{"access", "/access", nil},
		{"way back", "/access/whatsapp", nil},
		{"now", "/now", nil},
		{"contact", "/contact", nil},
		{"learn", "/learn", nil},
		{"guide", "/learn/first-hour", nil},
		{"quiz", "/learn/quiz/messages", nil},
		{"quiz form", "/learn/quiz/messages/a", nil},
		{"quiz answered", "/learn/quiz/messages/a", form(quizAnswers + "&shown=a1&shown=a2&show=a3")},
		{"quiz result", "/learn/quiz/messages/a", form(quizAnswers + "&show=result")},
		{"quiz unclear", "/learn/quiz/messages/a", form("a1=p1&a1=-&show=a1")},
		{"booster", "/learn/quiz/again/30", nil},
		{"chat", "/learn/chat/the-call", nil},
		{"chat screen", "/learn/chat/the-call/hello", nil},
		{"chat tactic", "/learn/chat/the-vote/code", nil},
		{"chat end", "/learn/chat/the-call/late", nil},
		{"two-step", "/learn/two-step", nil},
		{"two-step practice", "/learn/two-step", form("step=start")},
		{"two-step over", "/learn/two-step", form("step=try&practice=old&code=123456")},
		{"passphrase", "/learn/passphrase", nil},
		{"family", "/family", nil},
		{"tonight", "/family/tonight", nil},
		{"family story", "/family/tonight/secret-that-feels-heavy", nil},
		{"agreement", "/family/agreement", nil},
		{"agreement words", "/family/agreement", form("step=words&line=show-strange&line=no-codes")},
		{"agreement sheet", "/family/agreement", form("step=sheet&line=show-strange&line=no-codes&when=week")},
		{"agreement unclear", "/family/agreement", form("step=sheet&when=day&day=31&month=2&year=2027")},
		{"family settings", "/family/settings", nil},
		{"family card", "/family/settings/instagram", nil},
		{"family signs", "/family/signs", nil},
		{"family told", "/family/told", nil},
		{"family people", "/family/people", nil},
		{"family start", "/family/start", nil},
		{"family evening", "/family/evening", nil},
		{"family simple", "/family/simple", nil},
		{"privacy", "/privacy", nil},
		{"about", "/about", nil},
		{"private form", "/", form("s=2")},
		{"private form by the server", "/", form("s=2&m=server")},
		{"private form refused", "/", form("s=3&t=old&code=" + code + "&what=picture&reach=way&text=data:image/png%3Bbase64,AAAA")},
		{"private form again", "/", form("s=3&m=server&t=old&code=" + code + "&desk=IQ-BG&what=picture&want=money&reach=none&text=x")},
		{"private code", "/", form("s=5")},
		{"private code refused", "/", form("s=4&code=one+two")},
		{"private mailbox", "/", form("s=4&code=" + code)},
		{"private mailbox refused", "/", form("s=6&do=write&code=" + code)},
		{"not found", "/nowhere", nil},
		{"refused form", "/check", form("step=other")},
	}
}
