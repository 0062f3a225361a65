// Writes what is filled in on the evidence sheet into the prepared statement,
// on this page only. Fields have no form and no address to go to.

/** @param {HTMLElement} field */
function read(field) {
  const picked = [...field.querySelectorAll("input:checked")].map((i) => i.parentElement?.textContent?.trim() ?? "");
  if (picked.length) return picked.join(document.documentElement.dir === "rtl" ? "، " : ", ");
  const el = field.querySelector("input:not([type=radio]):not([type=checkbox]), textarea, select");
  if (el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement) {
    return el.value.trim();
  }
  return "";
}

/** @param {HTMLElement} root */
export function init(root) {
  const sentences = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-for]")]);
  const update = () => {
    for (const p of sentences) {
      const field = root.querySelector(`[data-field="${p.dataset.for}"]`);
      const blank = p.querySelector("[data-blank]");
      if (!(field instanceof HTMLElement) || !blank) continue;
      const value = read(field);
      p.hidden = value === "";
      blank.classList.toggle("c-blank--filled", value !== "");
      const bdi = document.createElement("bdi");
      bdi.textContent = value;
      blank.replaceChildren(bdi);
    }
  };
  root.addEventListener("input", update);
  root.addEventListener("change", update);
  const wipe = root.querySelector("[data-wipe]");
  if (wipe instanceof HTMLElement) {
    wipe.hidden = false;
    wipe.addEventListener("click", () => {
      root.querySelectorAll("input, textarea, select").forEach((el) => {
        if (el instanceof HTMLInputElement) {
          if (el.type === "radio" || el.type === "checkbox") el.checked = false;
          else el.value = "";
        } else if (el instanceof HTMLTextAreaElement) el.value = "";
        else if (el instanceof HTMLSelectElement) el.selectedIndex = 0;
      });
      update();
    });
  }
  update();
}
