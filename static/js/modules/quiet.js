// Keeps a screen with words on it from eyes that were not meant to see it: it
// covers itself when nobody looks, wipes what was typed when it is left for
// long, and never comes back out of the browser's memory.

const idle = 60_000; // milliseconds without a touch until the screen is covered
const gone = 300_000; // until what was typed is wiped

/** Forgets everything typed on this page. */
export function wipe() {
  document.querySelectorAll("form").forEach((f) => f.reset());
  document.querySelectorAll("textarea").forEach((el) => (el.value = ""));
  document.querySelectorAll('[data-list="words"], [data-list="digits"], [data-list="mail"], [data-list="files"]')
    .forEach((el) => el.replaceChildren());
}

/** @param {HTMLElement} body */
export function init(body) {
  const { home = "/", back = "", cleared = "" } = body.dataset;
  const curtain = document.createElement("div");
  curtain.className = "c-curtain";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "c-button c-button--soft";
  button.textContent = back;
  curtain.append(button);

  const written = () => [...document.querySelectorAll("textarea")].some((el) => el.value !== "");
  let last = Date.now();
  const cover = () => {
    if (curtain.isConnected) return;
    body.append(curtain);
    document.querySelectorAll("main, footer, .c-langs").forEach((el) => el.toggleAttribute("inert", true)); // not the way out
  };
  const uncover = () => {
    last = Date.now();
    curtain.remove();
    document.querySelectorAll("main, footer, .c-langs").forEach((el) => el.toggleAttribute("inert", false));
  };
  button.addEventListener("click", uncover);
  for (const type of ["pointerdown", "keydown", "input", "scroll"]) {
    addEventListener(type, () => (last = Date.now()), { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) cover();
  });
  setInterval(() => {
    const still = Date.now() - last;
    if (still > gone && written()) {
      wipe();
      button.textContent = cleared;
    }
    if (still > idle) cover();
  }, 5_000);
  addEventListener("pagehide", wipe);
  addEventListener("pageshow", (e) => {
    if (e.persisted) location.replace(home);
  });
}
