// A print button exists only where it can work.

/** @param {HTMLElement} root */
export function init(root) {
  if (typeof print !== "function") return;
  root.hidden = false;
  root.addEventListener("click", () => print());
}
