// Offers a plan that was kept on this phone. Opening sends it as the form it
// came from; without a kept plan the page shows nothing of this.
import { place } from "./keep.js";

/** @param {HTMLElement} root */
export function init(root) {
  const raw = localStorage.getItem(place);
  if (raw === null) return;
  root.hidden = false;
  root.querySelector("[data-open]")?.addEventListener("click", () => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = root.dataset.plan ?? "";
    for (const [name, value] of JSON.parse(raw)) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = String(name);
      field.value = String(value);
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  });
  root.querySelector("[data-wipe]")?.addEventListener("click", () => {
    localStorage.removeItem(place);
    root.hidden = true;
  });
}
