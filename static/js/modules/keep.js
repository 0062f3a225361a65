// Keeps the plan on this phone, only after the person asks, and forgets it with
// one tap. Ticking makes no request; leaving quickly wipes it too.

export const place = "p"; // the name in the phone's storage says nothing

/** @param {HTMLFormElement} form */
function save(form) {
  const fields = [...new FormData(form)].filter(([, v]) => typeof v === "string");
  localStorage.setItem(place, JSON.stringify(fields));
}

/** @param {HTMLElement} root */
export function init(root) {
  const form = document.getElementById(root.dataset.form ?? "");
  const box = root.querySelector("[data-keep]");
  const note = root.querySelector("[data-kept]");
  if (!(form instanceof HTMLFormElement) || !(box instanceof HTMLInputElement) || !(note instanceof HTMLElement)) return;
  const kept = () => localStorage.getItem(place) !== null; // throws where storage is off: then nothing is offered

  const show = () => {
    box.checked = kept();
    note.hidden = !kept();
  };
  if (kept()) save(form);
  show();
  root.hidden = false;
  form.addEventListener("change", (e) => {
    if (e.target !== box && kept()) save(form);
  });
  box.addEventListener("change", () => {
    if (box.checked) save(form);
    else localStorage.removeItem(place);
    show();
  });
  root.querySelector("[data-wipe]")?.addEventListener("click", () => {
    localStorage.removeItem(place);
    show();
    box.focus();
  });
}
