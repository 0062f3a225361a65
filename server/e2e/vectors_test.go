package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"filippo.io/age"
)

// vectorFile is the one set that package seal runs too.
const vectorFile = "../seal/testdata/vectors.json"

var updateVectors = flag.Bool("update", false, "have the browser seal new blobs into the vectors")

// inBrowser loads the modules as a page does, and then a script that may await.
func inBrowser(tb *tab, script string) string {
	return `(async () => { const base = document.querySelector("script[type=module]").src.replace("app.js", "");
	const load = (m) => import(base + m);
	const bytes = await load("lib/bytes.js"), receipt = await load("lib/receipt.js"), seal = await load("lib/seal.js"),
	work = await load("lib/work.js"), shape = await load("lib/shape.js"), directory = await load("lib/directory.js"), age = await load("vendor/age.js");
	const living = async (r) => ({ ...r, cap: bytes.fromBase64(r.cap) }), someone = async () => age.identityToRecipient(await age.generateHybridIdentity());
	const lists = []; for (const l of ["ar", "ckb", "en"]) lists.push((await (await fetch(base.replace("js/", "words/") + l + ".txt")).text()).trim().split("\n"));
	const wrong = []; const check = (what, ok) => { if (!ok) wrong.push(what) };
	const refuses = async (what, f) => { try { await f(); wrong.push(what + " was accepted") } catch { } };
	` + script + ` })()`
}

// TestVectors runs the vectors of package seal with the modules of the site.
func TestVectors(t *testing.T) {
	h := openHouse(t)
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	tb := h.tab(t, phone)
	tb.goTo("/en/about")
	wrong := eval[[]string](tb, inBrowser(tb, `const v = `+string(raw)+`;
	const {toHex, fromHex, fromBase64, utf8, sha256} = bytes, same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
	for (const c of v.Pad.Accept) { const r = fromHex(c.Raw), p = seal.pad(r); check("pad", toHex(sha256(p)) === c.SHA256 && toHex(seal.unpad(p)) === c.Raw) }
	await refuses("a text that is too long", () => seal.pad(new Uint8Array(seal.sizes.plain)));
	const p = seal.pad(utf8("x")); p[p.length - 1] = 1; await refuses("a tail", () => seal.unpad(p));
	const q = seal.pad(utf8("x")); q[0] = 255; await refuses("a length", () => seal.unpad(q)); await refuses("a size", () => seal.unpad(q.subarray(1)));
	for (const r of v.Receipts) { const s = fromHex(r.Secret), k = await receipt.deriveKeys(s);
		check("digits", receipt.digits(s) === r.Digits);
		["ar", "ckb", "en"].forEach((l, i) => check("words " + l, same(receipt.words(s, lists[i]), r.Words[l])));
		for (const text of [r.Digits, ...r.Also]) { let got = ""; try { got = toHex(receipt.parseSecret(text, lists)) } catch { } check("spelling " + text, got === r.Secret) }
		check("keys", k.thread === r.Thread && toHex(k.mboxKey) === r.MboxKey && toHex(k.mac) === r.Mac && toHex(sha256(utf8(k.replyTo.to))) === r.To);
		for (const n of [0, 1, 15]) { const d = k.drop(n); check("drop " + n, same([toHex(d.id), toHex(d.del), toHex(d.cap)], r.Drops[n])) } }
	for (const text of v.NoCode) await refuses("the code " + text.slice(0, 40), () => receipt.parseSecret(text, lists));
	for (const w of v.Work) { check("work", work.checkWork(utf8(w.Body), fromHex(w.Nonce), w.Zeros) && !work.checkWork(utf8(w.Body), fromHex(w.Nonce), w.Zeros + 1));
		check("own work", work.checkWork(utf8(w.Body), await work.work(utf8(w.Body), 9), 9)) }
	for (const o of v.Opens) { const d = new age.Decrypter(); d.addIdentity(o.Identity); const json = JSON.parse(new TextDecoder().decode(seal.unpad(await d.decrypt(fromBase64(o.Body))))); check("opening", same(json, o.Report)) }
	for (const [i, c] of v.Replies.entries()) { const r = await seal.openReply(fromBase64(c.CT), await receipt.deriveKeys(fromHex(c.Secret)));
		check("reply " + i, c.Opens ? r && r.verified === c.Verified && r.text === c.Text : r === null) }
	for (const f of v.Frames) { const out = seal.frame(f.Op, { id: fromHex(f.ID), capHash: fromHex(f.CapHash), delHash: fromHex(f.DelHash), nonce: fromHex(f.Nonce), body: new Uint8Array(seal.sizes.body) }); check("frame", toHex(out.subarray(0, 90)) === f.Head && out.length === seal.sizes.frame) }
	for (const c of v.Shape) { const r = await living(structuredClone(v.Opens[0].Report)), path = c.Path.split("."), last = path.pop();
		let at = r; for (const name of path) at = at[name]; at[last] = c.Path === "cap" ? fromBase64(c.Value) : c.Value;
		let got = true; try { shape.encode(r) } catch { got = false } check("the shape: " + c.Name, got === c.OK) }
	for (const c of v.Directory) { let got = true; try { directory.verifyDirectory(c.Note, { keys: c.Keys, threshold: c.Threshold, minSeq: c.MinSeq }, new Date(c.Day + "T12:00:00Z")) } catch { got = false }
		check("the directory: " + c.Name, got === (c.Why === "")) }
	const good = await living(v.Opens[0].Report), desk = await someone(), second = await seal.throwAway();
	check("a good report", (await seal.seal(good, desk, second)).length === seal.sizes.body);
	await refuses("a report that no desk would read", () => seal.seal({ ...good, f: { text: "x".repeat(6001) } }, desk, second));
	await refuses("one recipient twice", () => seal.seal(good, desk, desk));
	await refuses("another kind of recipient", () => seal.seal(good, desk, "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"));
	await refuses("a recipient with a slip", () => seal.seal(good, desk, second.slice(0, -1) + (second.endsWith("q") ? "p" : "q")));
	const file = new File([new Uint8Array(300000).map((_, i) => i % 251)], "name.jpg", { type: "image/jpeg" }), print = await seal.hashFile(file);
	check("a fingerprint", same(print, { sha256: toHex(sha256(new Uint8Array(await file.arrayBuffer()))), size: 300000, mime: "image/jpeg" }));
	return wrong;`))
	for _, w := range wrong {
		t.Error(w)
	}
	if *updateVectors {
		updateBrowser(t, tb, raw)
	}
}

// TestVectors_leaveRoom: long sums let timers through, and so the button that
// leaves the page; and they end when they are told to.
func TestVectors_leaveRoom(t *testing.T) {
	h := openHouse(t)
	tb := h.tab(t, phone)
	tb.goTo("/en/about")
	for _, sum := range []string{`work.work(bytes.random(9), 26, s)`, `receipt.deriveKeys(receipt.newSecret(), s)`} {
		got := eval[string](tb, inBrowser(tb, `const c = new AbortController(), s = c.signal;
		setTimeout(() => c.abort(), 0); try { await `+sum+`; return "it came to its end" } catch (why) { return why.name }`))
		if got != "AbortError" {
			t.Errorf("%s: %s", sum, got)
		}
	}
	got := eval[string](tb, inBrowser(tb, `try { await work.work(bytes.random(9), 27); return "done" } catch (why) { return why.message }`))
	if got != "too much work" {
		t.Errorf("a server may ask for any work: %s", got)
	}
}

// updateBrowser has the browser seal a report and writes it into the vectors.
func updateBrowser(t *testing.T, tb *tab, raw []byte) {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	const text = "کەسێک هەڕەشە دەکات · شخص يهدّد"
	body := eval[string](tb, inBrowser(tb, `const k = await receipt.deriveKeys(receipt.newSecret()); const d = k.drop(0);
	return bytes.toBase64(await seal.seal({ v: 1, kind: "report", desk: "IQ-BG", epoch: "2026Q4", day: "2026-11-24", thread: k.thread, cap: d.cap, reply: k.replyTo,
		f: { about: "me", what: ["chat"], text: "`+text+`", handles: "", reach: "", when: "" }, hashes: [], flags: { woman_officer: true, no_local: false, no_contact: true, national: false, move_ok: false } },
		"`+id.Recipient().String()+`", await seal.throwAway()));`))
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	blob, err := json.Marshal([]map[string]string{{"Identity": id.String(), "Body": body, "Text": text}})
	if err != nil {
		t.Fatal(err)
	}
	all["Browser"] = blob
	out, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(out, '\n'), 0o644); err != nil { //nolint:gosec // public
		t.Fatal(err)
	}
}

// BenchmarkSeal is what locking costs a phone whose processor is four times
// slower than this one: deriving the keys of a code, sealing, and the proof of
// work.
func BenchmarkSeal(b *testing.B) {
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		b.Fatal(err)
	}
	h := openHouse(b)
	tb := h.tab(b, phone)
	tb.goTo("/en/about")
	tb.slow(4)
	names := []string{"ms-keys", "ms-seal", "ms-work"}
	sums := make([]float64, len(names))
	n := 0
	for b.Loop() {
		ms := eval[[]float64](tb, inBrowser(tb, `const v = `+string(raw)+`, r = await living(v.Opens[0].Report), a = await someone(), c = await seal.throwAway(), t0 = performance.now();
		await receipt.deriveKeys(receipt.newSecret()); const t1 = performance.now();
		const body = await seal.seal(r, a, c), t2 = performance.now(); await work.work(body, 16); return [t1 - t0, t2 - t1, performance.now() - t2]`))
		for i := range sums {
			sums[i] += ms[i]
		}
		n++
	}
	for i, name := range names {
		b.ReportMetric(sums[i]/float64(n), name)
	}
}
