// Shows the situations one a screen and explains each in place: no answer
// leaves the page. Without this module the same form is sent to the server,
// which marks by the same rules (server/quiz).
import { buttons, localise, make } from "./stepper.js";

/** @param {HTMLElement} item */
function answer(item) {
  if (item.dataset.kind === "order") {
    const places = [...item.querySelectorAll("select")].map((s) => ({ id: s.dataset.option ?? "", at: Number(s.value) }));
    const whole = new Set(places.map((p) => p.at)).size === places.length && places.every((p) => p.at > 0);
    return whole ? places.sort((a, b) => a.at - b.at).map((p) => p.id) : null;
  }
  const on = [...item.querySelectorAll("input:checked")].map((i) => /** @type {HTMLInputElement} */ (i).value);
  const nothing = on.includes("-");
  if (nothing ? on.length > 1 : on.length === 0) return null;
  return nothing ? [] : on;
}

/**
 * @param {HTMLElement} item
 * @param {string[]} picks
 */
export function mark(item, picks) {
  const { kind = "", right = "", accuses = "", harmful } = item.dataset;
  const key = right.split(" ").filter(Boolean);
  const hits = picks.filter((p) => key.includes(p)).length;
  let outcome = "wrong";
  if (kind === "order") {
    if (picks.join() === key.join()) outcome = "right";
    else if (picks[0] === key[0]) outcome = "partly";
  } else if (hits === key.length && picks.length === hits) outcome = "right";
  else if (kind !== "one" && hits > picks.length - hits) outcome = "partly";
  const accusing = accuses.split(" ").filter(Boolean);
  const accused = harmful !== "true" && outcome !== "right" && (kind === "mark" || picks.some((p) => accusing.includes(p)));
  return { outcome, accused };
}

/** @param {HTMLElement} form */
export function init(form) {
  const items = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".c-quizitem")]);
  const { progress = "", digits = "" } = form.dataset;
  const finish = /** @type {HTMLElement} */ (form.querySelector("[data-finish]"));
  const result = document.getElementById("result");
  if (!result || items.some((i) => i.hasAttribute("data-marked"))) return; // the server is at it already
  /** @type {Map<HTMLElement, {outcome: string, accused: boolean}>} */
  const marks = new Map();

  const label = make("p", "c-stepper__label");
  label.setAttribute("aria-live", "polite");
  form.prepend(label);
  const { tools, backButton, nextButton } = buttons(form.dataset);
  finish.before(tools);

  let at = 0;
  /** @param {boolean} focus */
  const show = (focus) => {
    items.forEach((item, i) => (item.hidden = i !== at));
    label.textContent = localise(progress.replace("{n}", String(at + 1)).replace("{of}", String(items.length)), digits);
    backButton.hidden = at === 0;
    nextButton.hidden = at === items.length - 1;
    finish.hidden = at !== items.length - 1;
    if (focus) {
      form.scrollIntoView({ block: "start" });
      items[at].querySelector("input, select")?.focus({ preventScroll: true });
    }
  };
  backButton.addEventListener("click", () => { at--; show(true); });
  nextButton.addEventListener("click", () => { at++; show(true); });

  /** @param {HTMLElement} item */
  const explain = (item) => {
    const picks = answer(item);
    const problem = /** @type {HTMLElement} */ (item.querySelector("[data-problem]"));
    problem.hidden = picks !== null;
    if (picks === null) return;
    const m = mark(item, picks);
    marks.set(item, m);
    item.querySelectorAll("[data-verdict]").forEach((v) => v.removeAttribute("hidden"));
    item.querySelectorAll("[data-outcome]").forEach((o) => o.toggleAttribute("hidden", o.getAttribute("data-outcome") !== m.outcome));
    const feedback = /** @type {HTMLElement} */ (item.querySelector("[data-feedback]"));
    feedback.hidden = false;
    feedback.scrollIntoView({ block: "nearest" });
  };

  const sum = () => {
    const tally = { caught: 0, traps: 0, accused: 0, honest: 0 };
    const skills = new Set();
    for (const [item, m] of marks) {
      if (item.dataset.harmful === "true") {
        tally.traps++;
        if (m.outcome !== "wrong") tally.caught++;
      } else {
        tally.honest++;
        if (m.accused) tally.accused++;
      }
      if (m.outcome !== "right") skills.add(item.dataset.skill);
    }
    for (const [name, n] of Object.entries(tally)) {
      const el = result.querySelector(`[data-${name}]`);
      if (el) el.textContent = localise(String(n), digits);
    }
    result.querySelectorAll("[data-skill-advice]").forEach((li) => li.toggleAttribute("hidden", !skills.has(li.getAttribute("data-skill-advice"))));
    result.querySelector("[data-advice]")?.toggleAttribute("hidden", skills.size === 0);
    result.querySelector("[data-left]")?.toggleAttribute("hidden", marks.size === items.length);
    result.hidden = false;
    result.scrollIntoView({ block: "start" });
    result.focus({ preventScroll: true });
  };

  form.addEventListener("submit", (e) => {
    const by = /** @type {SubmitEvent} */ (e).submitter;
    if (!by || by.getAttribute("form")) return; // the language switch sends the form
    e.preventDefault();
    if (by === finish) sum();
    else explain(/** @type {HTMLElement} */ (by.closest(".c-quizitem")));
  });
  show(false);
}
