// Shows the questions of the check one a screen. The form stays the same form:
// nothing is sent before the last button, and without this module it is one
// long page.

/**
 * @param {string} text
 * @param {string} digits ten digits of the reader's language
 */
export function localise(text, digits) {
  return digits.length === 10 ? text.replace(/\d/g, (d) => digits[Number(d)]) : text;
}

/**
 * @param {string} tag
 * @param {string} className
 */
export function make(tag, className) {
  const el = document.createElement(tag);
  el.className = className;
  return el;
}

/**
 * The buttons that lead from one question to the next.
 * @param {DOMStringMap} words of the form: next and back
 */
export function buttons({ next = "", back = "" }) {
  const tools = make("div", "c-stepper__tools");
  const backButton = /** @type {HTMLButtonElement} */ (make("button", "c-button c-button--soft"));
  const nextButton = /** @type {HTMLButtonElement} */ (make("button", "c-button"));
  backButton.type = nextButton.type = "button";
  backButton.textContent = back;
  nextButton.textContent = next;
  tools.append(backButton, nextButton);
  return { tools, backButton, nextButton };
}

/** @param {HTMLElement} form */
export function init(form) {
  const questions = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".c-question")]);
  if (questions.length < 2) return;
  const { progress = "", digits = "" } = form.dataset;
  const send = /** @type {HTMLElement} */ (form.querySelector("button[type=submit]"));

  const bar = make("div", "c-stepper__bar");
  const label = make("span", "c-stepper__label");
  label.setAttribute("aria-live", "polite");
  const meter = /** @type {HTMLProgressElement} */ (make("progress", ""));
  meter.max = questions.length;
  meter.setAttribute("aria-hidden", "true");
  bar.append(label, meter);

  const { tools, backButton, nextButton } = buttons(form.dataset);
  form.prepend(bar);
  send.before(tools);
  form.querySelectorAll(".c-group__name").forEach((h) => h.remove());

  let at = Math.max(0, questions.findIndex((q) => !q.querySelector("input:checked")));
  /** @param {boolean} focus */
  const show = (focus) => {
    questions.forEach((q, i) => (q.hidden = i !== at));
    label.textContent = localise(progress.replace("{n}", String(at + 1)).replace("{of}", String(questions.length)), digits);
    meter.value = at + 1;
    backButton.disabled = at === 0;
    backButton.hidden = at === 0;
    const last = at === questions.length - 1;
    nextButton.hidden = last;
    send.hidden = !last;
    if (focus) {
      form.scrollIntoView({ block: "start" });
      questions[at].querySelector("input")?.focus({ preventScroll: true });
    }
  };
  /** @param {number} by */
  const move = (by) => {
    at = Math.min(Math.max(at + by, 0), questions.length - 1);
    show(true);
  };
  nextButton.addEventListener("click", () => move(1));
  backButton.addEventListener("click", () => move(-1));
  // A tap goes on by itself; arrow keys only choose, so that nobody is carried
  // away while reading the answers with the keyboard.
  let pointed = false;
  form.addEventListener("pointerdown", () => (pointed = true));
  form.addEventListener("keydown", () => (pointed = false));
  form.addEventListener("change", () => {
    if (pointed && at < questions.length - 1) setTimeout(() => move(1), 180);
  });
  show(false);
}
