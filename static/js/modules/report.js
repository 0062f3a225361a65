// The form of the sealed report. The words are locked here, on the phone, and
// only then sent. When anything fails nothing is sent, the words stay on the
// page, and the reader chooses what next: there is no button in the page that
// could send them otherwise while scripts run.
import { wipe } from "./quiet.js";
import { Trouble, library } from "../lib/trouble.js";

const oneOf = ["about", "who", "since", "paid", "shared", "age"];
const anyOf = ["what", "want", "where", "danger"];
const longest = { text: 6000, handles: 1500, how: 600, when: 300 };
const picture = /data:image|\/9j\/[A-Za-z0-9+/]{20}|iVBORw0KGgo|UklGR[A-Za-z0-9+/]{20}|[A-Za-z0-9+/=]{400,}/i;

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text).length;

/**
 * What was typed and tapped, as package seal wants it.
 * @param {HTMLFormElement} form
 */
export function collect(form) {
  const data = new FormData(form);
  /** @param {string} name */
  const one = (name) => String(data.get(name) ?? "").replace(/[^\P{Cc}\n\t]/gu, "").trim();
  /** @param {string} name */
  const on = (name) => data.get(name) === "yes";
  const way = one("reach") === "way";
  /** @type {Record<string, unknown>} */
  const fields = { text: one("text"), handles: one("handles"), reach: way ? one("how") : "", when: way ? one("when") : "" };
  for (const name of oneOf) fields[name] = one(name);
  for (const name of anyOf) fields[name] = data.getAll(name).map(String);
  return {
    desk: one("desk"),
    fields,
    flags: { woman_officer: on("woman"), no_local: on("local"), no_contact: !way, national: on("national"), move_ok: on("move") },
  };
}

/**
 * What keeps the form from being sent: the message, and the field it is about.
 * @param {HTMLFormElement} form
 * @returns {[string, string][]}
 */
export function lacks(form) {
  const data = new FormData(form);
  /** @param {string} name */
  const text = (name) => String(data.get(name) ?? "").trim();
  /** @type {[string, string][]} */
  const out = [];
  if (!text("desk")) out.push(["desk", "desk"]);
  if (!data.has("what") && !text("text")) out.push(["empty", "text"]);
  for (const [name, most] of Object.entries(longest)) {
    if (picture.test(text(name))) out.push(["picture", name]);
    else if (bytes(text(name)) > most) out.push(["long", name]);
  }
  const written = Object.keys(longest).reduce((n, name) => n + bytes(JSON.stringify(text(name))), 0);
  if (out.length === 0 && written > 9600) out.push(["long", "text"]);
  if (!text("reach")) out.push(["reach", "reach"]);
  if (text("reach") === "way" && !text("how")) out.push(["how", "how"]);
  return out;
}

/** @param {HTMLFormElement} form */
function begun(form) {
  const touched = (/** @type {any} */ e) => e.checked !== e.defaultChecked || (e.type === "textarea" && e.value !== e.defaultValue);
  return form.contains(document.activeElement) || [...form.elements].some(touched);
}

/** @param {HTMLFormElement} form */
export function init(form) {
  const main = /** @type {HTMLElement} */ (form.closest("main"));
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (main.querySelector(`[data-part="${name}"]`));
  /** @param {string} name */
  const list = (name) => /** @type {HTMLElement} */ (main.querySelector(`[data-list="${name}"]`));
  /** @param {...string} names the parts of the last step that are shown */
  const show = (...names) => ["wait", "ready", "sending", "failed", "lacks"].forEach((n) => (part(n).hidden = !names.includes(n)));

  /** @type {Promise<import("../lib/send.js").Desk> | undefined} */
  let desk;
  const load = () => {
    desk ??= library().then(({ prepare }) => prepare(form.dataset)).then((d) => {
      main.querySelectorAll("[data-desk]").forEach((el) => relabel(/** @type {HTMLElement} */ (el), d, form.dataset.lang ?? ""));
      part("slow").hidden = true;
      part("files").hidden = false;
      show("ready");
      return d;
    });
    desk.catch((why) => {
      desk = undefined; // the next try loads again
      fail(why, false); // somebody is writing: the focus stays there
    });
    return desk;
  };
  for (const type of ["focusin", "input"]) form.addEventListener(type, () => load().catch(() => {}), { once: true });
  if (begun(form)) load().catch(() => {}); // the reader was faster than this module

  /** @param {unknown} why @param {boolean} look whether to lead the reader there */
  const fail = (why, look = true) => {
    const name = why instanceof Trouble ? why.name : "browser";
    part("failed").querySelectorAll("[data-why]").forEach((el) => (/** @type {HTMLElement} */ (el).hidden = /** @type {HTMLElement} */ (el).dataset.why !== name));
    show("failed");
    if (look) part("failed").focus();
  };

  /** @type {{sha256: string, size: number, mime: string}[]} */
  const hashes = [];
  /** @type {AbortController | undefined} */
  let stop;
  /** @type {import("../lib/send.js").Kept} */
  const kept = {};

  const lockAndSend = async () => {
    const missing = lacks(form);
    if (missing.length > 0) {
      part("lacks").querySelectorAll("[data-lack]").forEach((el) => {
        const found = missing.find(([key]) => key === /** @type {HTMLElement} */ (el).dataset.lack);
        /** @type {HTMLElement} */ (el).hidden = !found;
        if (found) el.querySelector("a")?.setAttribute("href", `#${found[1]}`);
      });
      show("ready", "lacks");
      part("lacks").focus();
      return;
    }
    stop = new AbortController();
    show("sending");
    try {
      const d = await load();
      const { send } = await library();
      await send(d, { ...collect(form), hashes }, { kept, signal: stop.signal, home: form.dataset.home ?? "/", say });
      done();
    } catch (why) {
      if (stop.signal.aborted) show("ready");
      else fail(why);
    }
  };
  /** @param {string} what */
  const say = (what) => part("sending").querySelectorAll("[data-say]").forEach((el) => (/** @type {HTMLElement} */ (el).hidden = /** @type {HTMLElement} */ (el).dataset.say !== what));

  const done = () => {
    wipe();
    form.remove();
    main.querySelectorAll(".c-callnow, .c-promise, .c-lead").forEach((el) => el.remove());
    part("done").hidden = false;
    part("done").focus();
  };
  const code = async () => {
    const { words, digits } = await /** @type {import("../lib/send.js").Receipt} */ (kept.receipt).spell(form.dataset.words ?? "");
    list("words").replaceChildren(...words.map((w) => {
      const li = document.createElement("li");
      li.textContent = w;
      return li;
    }));
    list("digits").textContent = digits;
    part("offer").hidden = true;
    part("code").hidden = false;
  };
  const end = () => {
    list("words").replaceChildren();
    list("digits").textContent = "";
    kept.receipt = undefined;
    part("offer").hidden = part("code").hidden = true;
    part("end").hidden = false;
  };

  // The reader has read that the server would see the words, and wants it so.
  // The server draws the code too: this browser may not be able to.
  const byServer = () => {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "m";
    input.value = "server";
    form.append(input);
    form.submit();
  };

  /** @type {Record<string, () => void>} */
  const acts = {
    send: () => void lockAndSend(),
    stop: () => stop?.abort(),
    server: byServer,
    code: () => void code().catch((why) => fail(why)),
    nocode: end,
    file: () => picker(main, hashes, list("files")),
  };
  main.addEventListener("click", (e) => {
    const button = e.target instanceof Element ? e.target.closest("[data-act]") : null;
    if (button instanceof HTMLElement) acts[button.dataset.act ?? ""]?.();
  });
  form.addEventListener("reset", () => (hashes.length = 0));
}

/**
 * Names a desk as the signed directory does, and takes away one that is not in it.
 * @param {HTMLElement} el
 * @param {import("../lib/send.js").Desk} d
 * @param {string} lang
 */
export function relabel(el, d, lang) {
  const found = d.directory.desks.find((x) => x.id === el.dataset.desk);
  if (found) el.textContent = found.names[lang];
  const radio = el.closest("label")?.querySelector("input");
  if (radio && (!found || !d.staffed.includes(found.id))) radio.disabled = true;
}

/**
 * Reads a file that stays on the phone and lists its fingerprint. The field has
 * no name and stands outside every form: only numbers leave the phone.
 * @param {HTMLElement} main
 * @param {{sha256: string, size: number, mime: string}[]} hashes
 * @param {HTMLElement} list
 */
function picker(main, hashes, list) {
  const input = document.createElement("input");
  input.type = "file";
  input.hidden = true;
  main.append(input);
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    input.remove();
    if (!file || hashes.length >= 20) return;
    const li = document.createElement("li");
    li.textContent = list.dataset.reading ?? "";
    list.append(li);
    const { hashFile } = await import("../lib/seal.js");
    const hash = await hashFile(file);
    hashes.push(hash);
    const shown = document.createElement("bdi");
    shown.dir = "ltr";
    shown.textContent = `${hash.sha256.slice(0, 16)}… `;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "c-button c-button--small";
    remove.textContent = list.dataset.remove ?? "";
    remove.addEventListener("click", () => {
      hashes.splice(hashes.indexOf(hash), 1);
      li.remove();
    });
    li.replaceChildren(shown, remove);
  });
  input.click();
}
