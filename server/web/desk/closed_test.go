package desk_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hisn/server/seal"
)

// everything returns all rows of all tables, but for when sessions were last
// used: looking is use.
func (h *house) everything() string {
	h.t.Helper()
	db := must[*sql.DB](h.t)(sql.Open("sqlite", h.file))
	defer func() { _ = db.Close() }()
	var out strings.Builder
	for _, query := range []string{
		"SELECT * FROM pool ORDER BY id", "SELECT * FROM mail ORDER BY addr, slot", "SELECT * FROM beat",
		"SELECT * FROM officer ORDER BY id", "SELECT tok_h, officer, stage, born, pending FROM sess ORDER BY tok_h",
		"SELECT * FROM audit ORDER BY seq", "SELECT name FROM sqlite_master ORDER BY name",
	} {
		rows := must[*sql.Rows](h.t)(db.Query(query))
		columns := must[[]string](h.t)(rows.Columns())
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(sql.RawBytes)
			}
			if err := rows.Scan(values...); err != nil {
				h.t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprintf(&out, "%x|", *v.(*sql.RawBytes))
			}
			out.WriteByte('\n')
		}
		if err := rows.Err(); err != nil {
			h.t.Fatal(err)
		}
	}
	return out.String()
}

// contract is every address of the listener.
var contract = []string{
	"GET /desk/", "GET /desk/audit", "GET /desk/pool", "GET /desk/pool/:id",
	"POST /desk/ack", "POST /desk/beat", "POST /desk/login", "POST /desk/logout", "POST /desk/password",
	"POST /desk/put", "POST /desk/remove", "POST /desk/reply", "POST /desk/totp",
}

// addresses returns what the router really knows.
func (h *house) addresses() []string {
	var all []string
	for _, r := range h.e.Routes() {
		all = append(all, r.Method+" "+r.Path)
	}
	slices.Sort(all)
	return all
}

func TestRoutes_areThoseOfTheContract(t *testing.T) {
	t.Parallel()
	if got := build(t, "100-M").addresses(); !slices.Equal(got, contract) {
		t.Errorf("the listener knows %q, want %q", got, contract)
	}
}

// TestRoutes_closedByDefault goes through all addresses of the listener and
// knocks at each without any right, with half of one, and with somebody else's.
func TestRoutes_closedByDefault(t *testing.T) {
	t.Parallel()
	h := build(t, "100-M")
	good := h.hire("sara", "IQ-BG")
	other := h.hire("aram", "IQ-SU")
	half := good.half()
	enrol := &client{house: h, login: "new"}
	enrol.password = must[string](t)(h.officers.Add(t.Context(), "new", "IQ-BG"))
	if enrol.try().text("stage") != "enrol" {
		t.Fatal("the new officer was not asked to set up an authenticator")
	}
	out := *other
	other.post("/desk/logout", nil).want(t, 200, "")
	again := other.half() // a fresh session for "other", signed in
	again.device = ""
	again.confirm().want(t, 200, "")
	gone := h.hire("omid", "IQ-BG")
	if err := h.officers.Disable(t.Context(), "omid"); err != nil {
		t.Fatal(err)
	}
	stored := h.sealed()
	good.octets("/desk/put", stored.frame.Bytes()).want(t, 200, "")
	fresh := h.sealed()

	bodies := map[string][]byte{ // each would be accepted with the right session
		"/desk/put":    fresh.frame.Bytes(),
		"/desk/remove": stored.proof(),
		"/desk/reply":  append(make([]byte, 33), seal.DummyReply(zeros{})...),
		"/desk/ack":    append(append(stored.proof(), make([]byte, 32)...), seal.DummyReply(zeros{})...),
	}
	forms := map[string]string{"/desk/totp": "code=" + good.code(), "/desk/password": "old=" + good.password + "&new=another+long+passphrase"}
	knock := func(c client, route string, headers ...string) answer {
		method, path, _ := strings.Cut(route, " ")
		path = strings.Replace(path, ":id", strings.TrimPrefix(stored.path(), "/desk/pool/"), 1)
		media, body := "application/octet-stream", bodies[path]
		if form, ok := forms[path]; ok {
			media, body = "application/x-www-form-urlencoded", []byte(form)
		}
		return c.send(method, path, media, body, headers...)
	}
	before := h.everything()
	for _, route := range h.addresses() {
		if route == "POST /desk/login" {
			continue
		}
		isTotp, isGet := route == "POST /desk/totp", strings.HasPrefix(route, "GET ")
		type try struct {
			name    string
			c       client
			headers []string
			want    int
		}
		tries := []try{
			{"without a session", client{house: h}, nil, 401},
			{"with a token alone", client{house: h, token: good.token}, nil, 401},
			{"with a device alone", client{house: h, device: good.device}, nil, 401},
			{"with nonsense", client{house: h, session: strings.Repeat("A", 43), token: good.token}, nil, 401},
			{"with a token as session", client{house: h, session: good.token, token: good.token}, nil, 401},
			{"with two sessions", client{house: h, session: good.session + "; __Host-d=" + good.session, token: good.token}, nil, 401},
			{"signed out", out, nil, 401},
			{"disabled", *gone, nil, 401},
			{"from another site", *good, []string{"Sec-Fetch-Site", "cross-site"}, 403},
			{"from a neighbour", *good, []string{"Sec-Fetch-Site", "same-site"}, 403},
		}
		if !isTotp {
			tries = append(tries, try{"half signed in", *half, nil, 401}, try{"while setting up", *enrol, nil, 401})
		} else {
			tries = append(tries, try{"signed in already", *good, nil, 401})
		}
		if !isGet {
			signed := *good
			if isTotp {
				signed = *half
			}
			foreign := signed
			foreign.token = again.token
			bare := signed
			bare.token = ""
			early := signed
			early.token = half.token
			if isTotp {
				early.token = enrol.token
			}
			tries = append(tries,
				try{"without the token", bare, nil, 403},
				try{"with an empty token", signed, []string{"X-Desk-Token", " "}, 403},
				try{"with another officer's token", foreign, nil, 403},
				try{"with another stage's token", early, nil, 403},
				try{"from another origin", signed, []string{"Origin", "https://example.org"}, 403},
			)
		}
		for _, x := range tries {
			a := knock(x.c, route, x.headers...)
			kind := map[int]string{401: "unauthorized", 403: "forbidden"}[x.want]
			if a.Code != x.want || a.text("error") != kind || len(a.fields) != 1 {
				t.Errorf("%s %s: %d %s", route, x.name, a.Code, a.Body)
			}
		}
	}
	if after := h.everything(); after != before {
		t.Error("a request without the right to it left something behind")
	}

	h.pass(15 * time.Minute)
	for _, route := range h.addresses() {
		if route != "POST /desk/login" {
			c := *good
			if route == "POST /desk/totp" {
				c = *half
			}
			knock(c, route).want(t, 401, "unauthorized")
		}
	}
	if after := h.everything(); after != before {
		t.Error("an expired session left something behind")
	}

	// The same knocks are answered with the right session, so nothing above was
	// refused for another reason.
	half = good.half()
	forms["/desk/totp"] = "code=" + half.code()
	knock(*half, "POST /desk/totp").want(t, 200, "")
	h.pass(time.Minute)
	half = good.half()
	half.confirm().want(t, 200, "")
	routes := slices.DeleteFunc(h.addresses(), func(r string) bool {
		return strings.HasSuffix(r, "/login") || strings.HasSuffix(r, "/totp") || strings.HasSuffix(r, "/logout")
	})
	for _, route := range append(routes, "POST /desk/logout") {
		if a := knock(*half, route); a.Code != 200 {
			t.Errorf("%s with every right: %d %s", route, a.Code, a.Body)
		}
	}
}

// zeros is a source of zeros: the letters of this test need no secrets.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestRoutes_lookingChangesNothing replays every GET.
func TestRoutes_lookingChangesNothing(t *testing.T) {
	t.Parallel()
	h := build(t, "100-M")
	c := h.hire("sara", "IQ-BG")
	s := h.sealed()
	c.octets("/desk/put", s.frame.Bytes()).want(t, 200, "")
	before := h.everything()
	for _, route := range h.addresses() {
		method, path, _ := strings.Cut(route, " ")
		path = strings.Replace(path, ":id", strings.TrimPrefix(s.path(), "/desk/pool/"), 1)
		if method == http.MethodGet {
			for range 3 {
				if a := c.get(path); a.Code != 200 {
					t.Errorf("%s: %d %s", route, a.Code, a.Body)
				}
				h.pass(2 * time.Minute)
			}
			continue
		}
		for _, method := range []string{"GET", "HEAD"} { // what is for POST is for POST alone
			if a := c.send(method, path, "", nil); a.Code != 405 && a.Code != 404 {
				t.Errorf("%s %s: %d", method, path, a.Code)
			}
		}
	}
	if h.everything() != before {
		t.Error("looking changed something")
	}
}

func TestLogin_fromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	h := build(t, "100-M")
	c := h.hire("sara", "IQ-BG")
	form := map[string][]string{"login": {"sara"}, "password": {c.password}}
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://example.org"}, {"Origin", "null"},
	} {
		a := c.post("/desk/login", form, headers...)
		a.want(t, 403, "forbidden")
		if len(a.Header().Values("Set-Cookie")) > 0 {
			t.Errorf("%v: a cookie was set", headers)
		}
	}
	for _, from := range []string{"none", "same-origin"} {
		c.post("/desk/login", form, "Sec-Fetch-Site", from).want(t, 200, "")
	}
}
