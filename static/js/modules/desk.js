// Keys and small comforts of the officers' program. Everything works without.

const quiet = 14 * 60 * 1000; // milliseconds without a touch; the session ends at 15 minutes

/** @param {EventTarget | null} at */
const typing = (at) => at instanceof HTMLElement && at.matches("input, textarea, select, [contenteditable]");

/** Moves the focus along the rows that are shown.
 * @param {number} by
 */
function move(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((r) => r instanceof HTMLElement && r.offsetParent);
  const at = rows.indexOf(/** @type {Element} */ (document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next instanceof HTMLElement) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

/** @param {string} selector */
function click(selector) {
  const el = document.querySelector(selector);
  if (el instanceof HTMLElement) el.click();
  return Boolean(el);
}

/** Keys are told by their place on the keyboard, whatever letters stand on it.
 * @param {KeyboardEvent} e
 * @returns {boolean} whether the key meant something
 */
function press(e) {
  const find = document.getElementById("find");
  if (e.code === "KeyJ" || e.key === "ArrowDown") move(1);
  else if (e.code === "KeyK" || e.key === "ArrowUp") move(-1);
  else if ((e.code === "Slash" || e.key === "/") && find) find.focus();
  else if (e.code === "KeyR") return click("[data-reply]");
  else if (e.code === "KeyU") return click("[data-back]");
  else return false;
  return Boolean(find) || !e.code.startsWith("Arrow");
}

/** Shows only the rows that hold what is typed. */
function finding() {
  const find = document.getElementById("find");
  const box = document.querySelector("[data-find]");
  if (!(find instanceof HTMLInputElement) || !(box instanceof HTMLElement)) return;
  box.hidden = false;
  const rows = [...document.querySelectorAll("[data-list] > li")];
  const none = document.querySelector("[data-none]");
  const show = () => {
    const want = find.value.trim().toLocaleLowerCase();
    let left = 0;
    for (const row of rows) {
      const fits = (row.textContent ?? "").toLocaleLowerCase().includes(want);
      if (row instanceof HTMLElement) row.hidden = !fits;
      if (fits) left++;
    }
    if (none instanceof HTMLElement) none.hidden = left > 0 || rows.length === 0;
  };
  find.addEventListener("input", show);
  find.addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      find.value = "";
      show();
      find.blur();
    } else if (e.key === "Enter" || e.key === "ArrowDown") {
      e.preventDefault();
      move(1);
    }
  });
}

/** When nobody has touched the page for a while, what was typed goes to the
 * program for safe keeping, and the page is left.
 * @param {string} keep the address for that
 */
function idling(keep) {
  const form = document.querySelector("form[data-draft]");
  if (!(form instanceof HTMLFormElement)) return;
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      form.action = keep;
      form.noValidate = true;
      form.submit();
    }, quiet);
  };
  for (const touch of ["keydown", "pointerdown", "scroll", "input"]) addEventListener(touch, wait, { passive: true });
  wait();
}

/** @param {HTMLElement} root */
export function init(root) {
  document.querySelectorAll("[data-keys]").forEach((el) => {
    if (el instanceof HTMLElement) el.hidden = false;
  });
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return;
    if (press(e)) e.preventDefault();
  });
  finding();
  if (root.dataset.keep) idling(root.dataset.keep);
}
