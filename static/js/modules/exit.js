// Leaving quickly: cover the page at once, forget what was typed, and replace
// this page in the history, so that one step back does not show it.

const taps = 3; // of the Shift key
const within = 2000; // milliseconds

/** Covers the page with an empty white one, as if it were loading. */
function cover() {
  document.title = "…";
  const el = document.createElement("div");
  el.className = "c-cover";
  document.body.replaceChildren(el);
}

/** Forgets everything that this site could have left on the phone. */
function wipe() {
  document.querySelectorAll("form").forEach((f) => f.reset());
  document.querySelectorAll("input, textarea").forEach((el) => {
    if (el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement) el.value = "";
  });
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // Storage is off; then nothing was kept.
  }
}

/** @param {HTMLAnchorElement} link */
export function init(link) {
  const target = link.href;
  let leaving = false;
  const leave = () => {
    leaving = true;
    wipe();
    cover();
    location.replace(target);
  };
  link.addEventListener("click", (e) => {
    e.preventDefault();
    leave();
  });

  /** @type {number[]} */
  let times = [];
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Shift") {
      times = [];
      return;
    }
    if (e.repeat) return;
    times = [...times.filter((t) => e.timeStamp - t < within), e.timeStamp];
    if (times.length >= taps) leave();
  });

  // Coming back from the back/forward cache after leaving shows the cover.
  addEventListener("pageshow", (e) => {
    if (e.persisted && leaving) {
      cover();
      location.replace(target);
    }
  });
}
