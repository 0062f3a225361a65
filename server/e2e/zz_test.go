package e2e

import "testing"

func TestZZ(t *testing.T) {
	h := openHouse(t)
	tb := h.tab(t, phone)
	tb.write("en", "IQ-BG", "hello")
	t.Log(eval[string](tb, `(async () => { const base = document.querySelector("script[type=module]").src.replace("app.js",""); let out=[]; 
	for (const m of ["vendor/age.js","lib/bytes.js","lib/seal.js","lib/receipt.js","lib/work.js","lib/directory.js","lib/send.js","modules/report.js"]) { try { await import(base+m); out.push(m+" ok") } catch (e) { out.push(m+" "+e+" "+(e.stack||"").slice(0,300)) } }
	try { const {prepare} = await import(base+"lib/send.js"); const d = await prepare(document.querySelector("#private").dataset); out.push(JSON.stringify(d.staffed)); } catch (e) { out.push("prepare "+e+e.stack); }
	out.push([...document.querySelectorAll("[data-part]")].map(e=>e.dataset.part+":"+e.hidden).join(" "));
	return out.join("\n") })()`))
}
