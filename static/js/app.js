// Starts the modules that the page asks for with data-module. Everything works
// without them; one that fails does not stop the others.
import { loadFont } from "./modules/font.js";
import { init as exit } from "./modules/exit.js";

const modules = {
  stepper: () => import("./modules/stepper.js"),
  sheet: () => import("./modules/sheet.js"),
  print: () => import("./modules/print.js"),
};

/** @param {HTMLElement} root */
async function start(root) {
  const load = modules[root.dataset.module ?? ""];
  if (!load) return;
  try {
    (await load()).init(root);
  } catch {
    // The page goes on without this comfort.
  }
}

const leave = document.querySelector("a.c-exit");
if (leave instanceof HTMLAnchorElement) exit(leave);
document.querySelectorAll("[data-module]").forEach((el) => {
  if (el instanceof HTMLElement) start(el);
});
loadFont(document.body.dataset.font);
