// The mailbox of a code, opened on the phone: the code never leaves it. What
// the server is asked for tells it neither the code nor the report.
import { wipe } from "./quiet.js";
import { relabel } from "./report.js";
import { Trouble, library } from "../lib/trouble.js";

/** @param {HTMLFormElement} form */
export function init(form) {
  const main = /** @type {HTMLElement} */ (form.closest("main"));
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (main.querySelector(`[data-part="${name}"]`));
  const list = /** @type {HTMLElement} */ (main.querySelector('[data-list="mail"]'));
  const field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
  const home = form.dataset.home ?? "/";
  /** @param {...string} names */
  const show = (...names) => ["wait", "ready", "sending", "failed"].forEach((n) => (part(n).hidden = !names.includes(n)));
  /** @param {string} what a notice, or "" for none */
  const notice = (what) => {
    part("notice").hidden = what === "";
    part("notice").querySelectorAll("[data-say]").forEach((el) => (/** @type {HTMLElement} */ (el).hidden = /** @type {HTMLElement} */ (el).dataset.say !== what));
    if (what) part("notice").focus();
  };
  /** @param {unknown} why */
  const fail = (why) => {
    const name = why instanceof Trouble && ["code", "browser"].includes(why.name) ? why.name : "network";
    part("failed").querySelectorAll("[data-why]").forEach((el) => (/** @type {HTMLElement} */ (el).hidden = /** @type {HTMLElement} */ (el).dataset.why !== name));
    show("ready", "failed");
    part("failed").focus();
  };
  show("ready");

  /** @type {import("../lib/send.js").Receipt | undefined} */
  let receipt;
  /** @type {import("../lib/send.js").Desk | undefined} */
  let desk;

  const open = async () => {
    show("sending");
    try {
      const { prepare, Receipt } = await library();
      desk = await prepare(form.dataset).catch((why) => {
        if (why instanceof Trouble && why.name === "directory") return undefined; // answers can be read without it
        throw why;
      });
      receipt = await Receipt.read(field.value, form.dataset.words ?? "");
      const d = desk;
      if (d) main.querySelectorAll("[data-desk]").forEach((el) => relabel(/** @type {HTMLElement} */ (el), d, form.dataset.lang ?? ""));
      await refresh();
      field.value = "";
      form.hidden = true;
      part("box").hidden = false;
      part("box").focus();
    } catch (why) {
      fail(why);
    }
  };
  const refresh = async () => {
    const mail = await /** @type {import("../lib/send.js").Receipt} */ (receipt).mailbox(home);
    part("none").hidden = mail.length > 0;
    list.replaceChildren(...mail.map(card));
  };
  /** @param {import("../lib/send.js").Mail} m */
  const card = (m) => {
    const template = /** @type {HTMLTemplateElement} */ (main.querySelector('template[data-part="message"]'));
    const el = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const find = (/** @type {string} */ s) => /** @type {HTMLElement} */ (el.querySelector(s));
    el.querySelectorAll("[data-state]").forEach((s) => (/** @type {HTMLElement} */ (s).hidden = /** @type {HTMLElement} */ (s).dataset.state !== m.state));
    find('[data-text="desk"]').textContent = desk?.directory.desks.find((d) => d.id === m.desk)?.names[form.dataset.lang ?? ""] ?? "";
    find('[data-text="day"]').textContent = m.day;
    find('[data-text="text"]').textContent = m.text;
    find('[data-part="doubt"]').hidden = m.verified;
    if (!m.verified) find(".c-mail").classList.add("c-mail--doubt");
    find('[data-act="delete"]').dataset.hash = m.hash;
    if (m.verified) check(m.desk);
    return el;
  };
  /** @param {string} id the desk that has the report is the one to write to */
  const check = (id) => {
    const radio = main.querySelector(`input[name="desk"][value="${CSS.escape(id)}"]`);
    if (radio instanceof HTMLInputElement && !radio.disabled) radio.checked = true;
  };

  /** @type {Record<string, (b: HTMLElement) => Promise<void>>} */
  const acts = {
    open,
    delete: async (b) => {
      await receipt?.burn(home, b.dataset.hash ?? "");
      await refresh();
      notice("deleted");
    },
    withdraw: async () => {
      await receipt?.withdraw(home);
      notice("withdrawn");
    },
    write: async () => {
      const text = /** @type {HTMLTextAreaElement} */ (main.querySelector("#follow"));
      const chosen = main.querySelector('input[name="desk"]:checked');
      if (!desk || !receipt || !text.value.trim() || !(chosen instanceof HTMLInputElement)) {
        (chosen ? text : main.querySelector('input[name="desk"]:enabled'))?.focus();
        return;
      }
      const fields = { text: text.value.trim(), handles: "", reach: "", when: "" };
      const { send } = await library();
      await send(desk, { desk: chosen.value, fields, flags: {}, hashes: [] }, { kept: { receipt }, follow: true, home, say: () => {} });
      text.value = "";
      notice("written");
    },
  };
  main.addEventListener("click", (e) => {
    const button = e.target instanceof Element ? e.target.closest("[data-act]") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    button.disabled = true;
    notice("");
    acts[button.dataset.act ?? ""]?.(button).catch(() => notice("notstored")).finally(() => (button.disabled = false));
  });
  form.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      void open();
    }
  });
  addEventListener("pagehide", () => {
    receipt = undefined;
    wipe();
  });
}
