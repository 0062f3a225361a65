// Lets the messages of a story come one after another, as in a real chat. A tap
// shows all at once; where less motion is wanted, nothing moves at all.

const pause = 650; // milliseconds between two messages
const waiting = "c-bubble--wait"; // keeps its place, so that nothing jumps

/** @param {HTMLElement} chat */
export function init(chat) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const bubbles = /** @type {HTMLElement[]} */ ([...chat.querySelectorAll(".c-bubble")]);
  const rest = bubbles.slice(1);
  if (rest.length === 0) return;
  rest.forEach((b) => b.classList.add(waiting));
  chat.querySelector(".c-bubbles")?.setAttribute("aria-live", "polite");
  let at = 0;
  const step = () => {
    if (at >= rest.length) return;
    rest[at++].classList.remove(waiting);
    if (at < rest.length) timer = setTimeout(step, pause);
  };
  let timer = setTimeout(step, pause);
  const all = () => {
    clearTimeout(timer);
    at = rest.length;
    rest.forEach((b) => b.classList.remove(waiting));
  };
  chat.addEventListener("click", all);
  addEventListener("keydown", all, { once: true });
  addEventListener("beforeprint", all);
}
