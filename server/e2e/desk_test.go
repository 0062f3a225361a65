package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/chromedp/chromedp"

	"hisn/locales"
	"hisn/server/deskapp"
	"hisn/server/deskapp/deskapptest"
	"hisn/server/desklink"
	"hisn/server/seal"
)

// office is the officers' program on a port of its own.
type office struct {
	*deskapptest.House
	t   testing.TB
	app *deskapp.App
	url string
}

// program starts the officers' program; door is nil for that of the house.
func program(t testing.TB, h *deskapptest.House, door deskapp.Door, keys ...deskapp.KeyFile) *office {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if door == nil {
		door = h.Link()
	}
	app := h.AppAt(door, ln.Addr().String(), locales.English, keys...)
	srv := &http.Server{Handler: app.Handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	return &office{h, t, app, "http://" + ln.Addr().String()}
}

// visit opens the program in a tab.
func (o *office) visit(l *lab, s screen) *tab {
	o.t.Helper()
	here := *l
	here.url = o.url
	tb := here.tab(o.t, s)
	tb.goTo(strings.TrimPrefix(o.app.Start(), o.url))
	tb.wait(`location.pathname !== "/start" && document.readyState === "complete"`)
	return tb
}

// page returns the address of a page of the program in a language.
func (tb *tab) page(lang, path string) string {
	tb.t.Helper()
	return "/" + strings.Split(tb.path(), "/")[1] + "/" + lang + path
}

// send fills the form that holds a button and presses it.
func (tb *tab) send(button string, fields map[string]string) {
	tb.t.Helper()
	values, err := json.Marshal(fields)
	if err != nil {
		tb.t.Fatal(err)
	}
	tb.load(func() {
		eval[bool](tb, `(() => { const b = document.querySelector(`+string(must(json.Marshal(button)))+`);
			for (const [name, value] of Object.entries(`+string(values)+` ?? {})) for (const e of b.form.elements) if (e.name === name) {
				if (e.type === "checkbox" || e.type === "radio") e.checked = e.value === value; else if (e.type !== "submit") e.value = value }
			b.form.noValidate = true; b.form.requestSubmit(b); return true })()`)
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// enter signs a new officer in.
func (o *office) enter(tb *tab, login string) {
	o.t.Helper()
	who := o.Hire(login, "IQ-BG")
	tb.send("form.c-form button", map[string]string{"login": who.Login, "password": who.Password})
	who.Secret = strings.ReplaceAll(eval[string](tb, `document.querySelector(".d-secret").textContent`), " ", "")
	tb.send("form.c-form button", map[string]string{"code": who.Code()})
	tb.wait(`location.pathname.endsWith("/list") && document.readyState === "complete"`)
}

// deskState is a page of the program in one of its states.
type deskState struct {
	name string
	of   string // the office
	path string
	then func(tb *tab) // from there; may be nil
}

func deskStates() []deskState {
	long := "Please send us the picture and the code."
	return []deskState{
		{"desk key", "locked", "/keys", nil},
		{"desk key wrong", "locked", "/keys", func(tb *tab) { tb.send("form.c-form button", map[string]string{"passphrase": "x"}) }},
		{"desk sign in", "closed", "/in", nil},
		{"desk sign in wrong", "closed", "/in", func(tb *tab) {
			tb.send("form.c-form button", map[string]string{"login": "nobody", "password": "x"})
		}},
		{"desk enrol", "half", "/code", nil},
		{"desk fetch", "slow", "/fetch", nil},
		{"desk list", "open", "/list", nil},
		{"desk list all", "open", "/list?state=all", nil},
		{"desk list none", "open", "/list?label=robot", nil},
		{"desk thread", "open", "/t/%d", nil},
		{"desk thread hostile", "open", "/t/hostile", nil},
		{"desk reply", "open", "/t/%d/reply", nil},
		{"desk reply ready", "open", "/t/%d/reply", func(tb *tab) { tb.send(`button[value="use:safe-time"]`, nil) }},
		{"desk reply asks", "open", "/t/%d/reply", func(tb *tab) { tb.send(`#answer button[value="send"]`, map[string]string{"text": long}) }},
		{"desk close", "open", "/t/%d/reply?close=1", nil},
		{"desk move", "open", "/t/%d/move", nil},
		{"desk move second look", "open", "/t/%d/move", func(tb *tab) {
			tb.send(".d-form button", map[string]string{"desk": "IQ-BA", "reason": "closer"})
		}},
		{"desk move not allowed", "open", "/t/hostile/move", nil},
		{"desk print", "open", "/t/%d/print", nil},
		{"desk export", "open", "/export", nil},
		{"desk export words", "open", "/t/%d/export", func(tb *tab) {
			key := must(age.GenerateHybridIdentity())
			tb.send(".d-form button", map[string]string{"name": "Judge Sara", "recipient": key.Recipient().String()})
		}},
		{"desk password", "open", "/password", nil},
		{"desk refused", "open", "/nowhere", nil},
	}
}

// slow is a door that shows half of the pool and no more.
type slow struct {
	*desklink.Link
	left chan struct{}
}

func (s slow) Header(ctx context.Context, id [16]byte) ([]byte, error) {
	select {
	case <-s.left:
		return s.Link.Header(ctx, id)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// offices are the programs that the states are of, each with a tab.
type offices struct {
	tabs    map[string]*tab
	thread  int // one that an officer has opened and answered
	hostile int
}

func openOffices(t testing.TB, l *lab, s screen) *offices {
	t.Helper()
	h := deskapptest.New(t, time.Now)
	h.Fill()
	h.Reporter().Write("IQ-BG", func(x *seal.Report) {
		x.F.Danger = []string{"life"}
		x.F.Text = "ignore\u202Egpj.exe https://evil.example/" + strings.Repeat("long", 60) + "\u200b <b>bold</b>\nسطر بالعربية then English"
		x.F.Danger, x.F.What = nil, []string{"other"}
	})
	key := h.KeyOf("IQ-BG")
	all := &offices{tabs: map[string]*tab{}}
	all.tabs["closed"] = program(t, h, nil, key).visit(l, s)
	locked := key
	locked.Raw = []byte("age-encryption.org/v1\n")
	all.tabs["locked"] = program(t, h, nil, locked).visit(l, s)
	half := program(t, h, nil, key)
	all.tabs["half"] = half.visit(l, s)
	fresh := half.Hire("fresh", "IQ-BG")
	all.tabs["half"].send("form.c-form button", map[string]string{"login": fresh.Login, "password": fresh.Password})
	some := make(chan struct{}, 25)
	for range cap(some) {
		some <- struct{}{}
	}
	wait := program(t, h, slow{h.Link(), some}, key)
	all.tabs["slow"] = wait.visit(l, s)
	who := h.Hire("slow", "IQ-BG")
	tb := all.tabs["slow"]
	tb.send("form.c-form button", map[string]string{"login": who.Login, "password": who.Password})
	who.Secret = strings.ReplaceAll(eval[string](tb, `document.querySelector(".d-secret").textContent`), " ", "")
	tb.send("form.c-form button", map[string]string{"code": who.Code()})
	desk := program(t, h, nil, key)
	tb = desk.visit(l, s)
	all.tabs["open"] = tb
	desk.enter(tb, "sara.h")
	all.work(tb)
	return all
}

// work does some of what a morning brings.
func (o *offices) work(tb *tab) {
	tb.t.Helper()
	number := func() int {
		var n int
		parts := strings.Split(tb.path(), "/t/")
		if _, err := fmt.Sscanf(parts[len(parts)-1], "%d", &n); err != nil {
			tb.t.Fatalf("%s is no thread", tb.path())
		}
		return n
	}
	list := tb.page("en", "/list")
	tb.send(`.d-row--danger button[data-row]`, nil)
	o.thread = number()
	tb.goTo(tb.page("en", fmt.Sprintf("/t/%d/reply", o.thread)))
	tb.send(`#answer button[value="send"]`, map[string]string{"text": "وصلت الكلمات، وقرأها من يعمل في هذا المكتب.\nسنجيب هنا مرة أخرى."})
	eval[bool](tb, `(document.querySelector("input[name=label][value=urgent]").checked = true)`)
	tb.send(`.d-notes button[value="mine"]`, map[string]string{"note": "Spoke to the school counsellor. Call on Thursday."})
	for range 3 {
		tb.goTo(list)
		tb.send(`button[data-row]`, nil)
	}
	tb.goTo(list)
	row := eval[int](tb, `(() => { const rows = [...document.querySelectorAll("button[data-row]")].filter(b => b.textContent.includes("Something else")); rows[0].id = "hostile"; return rows.length })()`)
	if row != 1 {
		tb.t.Fatalf("%d hostile reports", row)
	}
	tb.send("#hostile", nil)
	o.hostile = number()
}

// show brings a state about in its tab.
func (o *offices) show(st deskState, lang string) *tab {
	tb := o.tabs[st.of]
	tb.t.Helper()
	path := strings.ReplaceAll(strings.ReplaceAll(st.path, "%d", fmt.Sprint(o.thread)), "hostile", fmt.Sprint(o.hostile))
	tb.goTo(tb.page(lang, path))
	if st.then != nil {
		st.then(tb)
	}
	return tb
}

// TestDesk_accessible looks at every state of the officers' program with axe,
// in every language, light and dark, and that nothing is cut.
func TestDesk_accessible(t *testing.T) {
	l := open(t)
	script := axe(t)
	dark := phone
	dark.dark = true
	for _, s := range []screen{phone, desktop, dark} {
		t.Run(fmt.Sprintf("%d-%t", s.width, s.dark), func(t *testing.T) {
			all := openOffices(t, l, s)
			for i, st := range deskStates() {
				langs := []string{"ar", "ckb", "en"}
				if s != desktop { // every language once on each kind of screen is enough
					langs = langs[i%3 : i%3+1]
				}
				for _, lang := range langs {
					tb := all.show(st, lang)
					for _, v := range tb.violations(script) {
						t.Errorf("%s %s: %s (%s): %s", st.name, lang, v.ID, v.Help, strings.Join(v.Nodes, "\n    "))
					}
					if over := eval[int](tb, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
						t.Errorf("%s %s is %d pixels wider than the screen", st.name, lang, over)
					}
				}
			}
		})
	}
}

// TestDesk_shots writes pictures of the program when a folder is given. Without
// one it checks only that a picture of every state can be made.
func TestDesk_shots(t *testing.T) {
	l := open(t)
	if *shots == "" {
		all := openOffices(t, l, desktop)
		for _, st := range deskStates() {
			if got := all.show(st, "ckb").picture(chromedp.CaptureScreenshot()); len(got) < 5_000 {
				t.Errorf("%s: a picture of %d bytes", st.name, len(got))
			}
		}
		return
	}
	dark := screen{width: 1280, height: 800, dark: true}
	for _, s := range []screen{phone, desktop, dark} {
		all := openOffices(t, l, s)
		for _, lang := range []string{"ar", "ckb", "en"} {
			for _, st := range deskStates() {
				tb := all.show(st, lang)
				tb.pause(300 * time.Millisecond) // the font follows the first paint
				name := fmt.Sprintf("%s-%s-%d%s.png", strings.ReplaceAll(st.name, " ", "-"), lang, s.width, map[bool]string{true: "-dark"}[s.dark])
				tb.save(name, chromedp.FullScreenshot(100))
			}
		}
	}
}

// TestDesk_keys walks the list with the keys alone.
func TestDesk_keys(t *testing.T) {
	l := open(t)
	h := deskapptest.New(t, time.Now)
	h.Fill()
	o := program(t, h, nil, h.KeyOf("IQ-BG"))
	tb := o.visit(l, desktop)
	o.enter(tb, "sara")
	press := func(code, key string) {
		tb.wait(`document.querySelector("[data-keys]")?.hidden === false`) // the module is there
		eval[bool](tb, `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {code: "`+code+`", key: "`+key+`", bubbles: true, cancelable: true}))`)
	}
	row := func() string {
		return eval[string](tb, `document.activeElement.querySelector(".d-row__n")?.textContent ?? ""`)
	}
	press("KeyJ", "j")
	first := row()
	press("KeyJ", "ت")
	second := row()
	press("KeyK", "k")
	if first == "" || second == "" || first == second || row() != first {
		t.Errorf("j, j, k lead to %q, %q, %q", first, second, row())
	}
	press("Slash", "/")
	if id := eval[string](tb, `document.activeElement.id`); id != "find" {
		t.Errorf("/ leads to %q", id)
	}
	shown := `[...document.querySelectorAll("[data-list] > li")].filter(r => !r.hidden).length`
	eval[bool](tb, `(() => { const f = document.getElementById("find"); f.value = "hurting"; f.dispatchEvent(new Event("input")); return true })()`)
	if n := eval[int](tb, shown); n != 5 {
		t.Errorf("%d rows are left, want 5", n)
	}
	press("Enter", "Enter")
	tb.load(func() { eval[bool](tb, `(document.activeElement.click(), true)`) })
	tb.load(func() { press("KeyR", "ق") })
	if !strings.HasSuffix(tb.path(), "/reply") {
		t.Errorf("r leads to %s", tb.path())
	}
	eval[bool](tb, `(document.activeElement.blur(), true)`)
	tb.load(func() { press("KeyU", "u") })
	tb.load(func() { press("KeyU", "u") })
	if !strings.HasSuffix(tb.path(), "/list") {
		t.Errorf("u, u lead to %s", tb.path())
	}
}

// TestDesk_opensFromAFile: the program gives the browser a file that leads to
// it, and the cookie is there on the first page.
func TestDesk_opensFromAFile(t *testing.T) {
	l := open(t)
	h := deskapptest.New(t, time.Now)
	o := program(t, h, nil, h.KeyOf("IQ-BG"))
	name := filepath.Join(t.TempDir(), "open.html")
	page := `<!doctype html><meta http-equiv="refresh" content="0;url=` + o.app.Start() + `">`
	if err := os.WriteFile(name, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	tb := l.tab(t, desktop)
	tb.do(chromedp.Navigate("file://" + name))
	tb.wait(`location.pathname.endsWith("/in") && document.querySelector("#login") !== null`)
}
