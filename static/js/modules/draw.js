// Draws words from the table of the page with the phone's own randomness. What
// is drawn stands on this screen only.

/** @param {HTMLElement} root */
export function init(root) {
  const words = [...document.querySelectorAll(".c-words td")].map((td) => td.textContent ?? "");
  const out = root.querySelector("[data-words]");
  const button = root.querySelector("[data-draw]");
  if (words.length !== 216 || !out || !button || !globalThis.crypto?.getRandomValues) return;
  /** A number below the length of the table, each as likely. */
  const pick = () => {
    const box = new Uint8Array(1);
    do crypto.getRandomValues(box); while (box[0] >= words.length);
    return words[box[0]];
  };
  button.addEventListener("click", () => {
    out.textContent = Array.from({ length: Number(root.dataset.count) }, pick).join(" ");
  });
  root.hidden = false;
}
