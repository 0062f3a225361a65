package desklink

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"hisn/server/fault"
)

// The stages of signing in, as the door names them.
const (
	StageCode  = "totp"
	StageEnrol = "enrol"
	StageIn    = "in"
)

// Step is what a step of signing in answers.
type Step struct {
	Stage  string
	Secret string // StageEnrol: of the authenticator, shown this once
	URL    string // StageEnrol: the same for a QR code
}

// Me is whom the session is of.
type Me struct {
	Login string `json:"login"`
	Desk  string `json:"desk"`
	Day   string `json:"day"`
}

// Login gives login and password. fault.Unauthorized says that they are wrong.
func (l *Link) Login(ctx context.Context, login, password string) (Step, error) {
	l.mu.Lock()
	l.session, l.token = "", ""
	l.mu.Unlock()
	return l.step(ctx, "/desk/login", url.Values{"login": {login}, "password": {password}})
}

// Code gives the code of the authenticator, and ends in StageIn.
func (l *Link) Code(ctx context.Context, code string) (Step, error) {
	return l.step(ctx, "/desk/totp", url.Values{"code": {code}})
}

func (l *Link) step(ctx context.Context, path string, form url.Values) (Step, error) {
	raw, err := l.post(ctx, path, form)
	if err != nil {
		return Step{}, err
	}
	var a struct {
		Stage, Token, Secret, URL string
	}
	if err := json.Unmarshal(raw, &a); err != nil || a.Token == "" {
		return Step{}, fault.New(fault.Unavailable, nil)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token = a.Token
	return Step{a.Stage, a.Secret, a.URL}, nil
}

// Me returns who is signed in.
func (l *Link) Me(ctx context.Context) (Me, error) {
	var me Me
	raw, err := l.do(ctx, request{method: http.MethodGet, path: "/desk/"})
	if err != nil {
		return me, err
	}
	if err := json.Unmarshal(raw, &me); err != nil || me.Login == "" || me.Desk == "" {
		return me, fault.New(fault.Unavailable, nil)
	}
	return me, nil
}

// Password changes the password. fault.Unauthorized says that the old one is
// wrong or the session over, fault.Invalid that the new one is too weak.
func (l *Link) Password(ctx context.Context, old, fresh string) error {
	_, err := l.post(ctx, "/desk/password", url.Values{"old": {old}, "new": {fresh}})
	return err
}

// Logout ends the session, here in any case.
func (l *Link) Logout(ctx context.Context) error {
	_, err := l.post(ctx, "/desk/logout", nil)
	l.Drop()
	return err
}

// Drop forgets the session. The mark of this device stays: it opens nothing.
func (l *Link) Drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session, l.token = "", ""
}
