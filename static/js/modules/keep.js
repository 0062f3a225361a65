// Keeps the plan on this phone, only after the person asks, and forgets it with
// one tap. Ticking makes no request; leaving quickly wipes it too.

export const place = "p"; // the name in the phone's storage says nothing

/** Puts ticks back where the page does not bring them itself.
 * @param {HTMLFormElement} form
 * @param {string} raw
 */
function restore(form, raw) {
  for (const [name, value] of JSON.parse(raw)) {
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      if (box instanceof HTMLInputElement && box.name === name && box.value === value) box.checked = true;
    }
  }
}

/** @param {HTMLElement} root */
export function init(root) {
  const form = document.getElementById(root.dataset.form ?? "");
  const box = root.querySelector("[data-keep]");
  const note = root.querySelector("[data-kept]");
  if (!(form instanceof HTMLFormElement) || !(box instanceof HTMLInputElement) || !(note instanceof HTMLElement)) return;
  const at = root.dataset.place ?? place;
  const kept = () => localStorage.getItem(at) !== null; // throws where storage is off: then nothing is offered
  const save = () => {
    const fields = [...new FormData(form)].filter(([, v]) => typeof v === "string");
    localStorage.setItem(at, JSON.stringify(fields));
  };

  const show = () => {
    box.checked = kept();
    note.hidden = !kept();
  };
  if (at !== place && kept()) restore(form, localStorage.getItem(at) ?? "[]");
  else if (kept()) save();
  show();
  root.hidden = false;
  form.addEventListener("change", (e) => {
    if (e.target !== box && kept()) save();
  });
  box.addEventListener("change", () => {
    if (box.checked) save();
    else localStorage.removeItem(at);
    show();
  });
  root.querySelector("[data-wipe]")?.addEventListener("click", () => {
    localStorage.removeItem(at);
    show();
    box.focus();
  });
}
