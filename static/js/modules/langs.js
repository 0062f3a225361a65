// The language switch of a page with words on it: it asks before they are lost.

/** @param {HTMLElement} form */
export function init(form) {
  form.addEventListener("submit", (e) => {
    const written = [...document.querySelectorAll("textarea")].some((el) => el.value !== "");
    if (written && !confirm(form.dataset.ask)) e.preventDefault();
  });
}
