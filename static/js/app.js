// Starts the modules that the page asks for with data-module. Everything works
// without them; one that fails does not stop the others.
import { init as exit } from "./modules/exit.js";

const modules = {
  stepper: () => import("./modules/stepper.js"),
  sheet: () => import("./modules/sheet.js"),
  quiz: () => import("./modules/quiz.js"),
  chat: () => import("./modules/chat.js"),
  draw: () => import("./modules/draw.js"),
  keep: () => import("./modules/keep.js"),
  kept: () => import("./modules/kept.js"),
  print: () => import("./modules/print.js"),
  desk: () => import("./modules/desk.js"),
  quiet: () => import("./modules/quiet.js"),
  langs: () => import("./modules/langs.js"),
  report: () => import("./modules/report.js"),
  mailbox: () => import("./modules/mailbox.js"),
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

const firstPaint = "first-contentful-paint";

/**
 * Nothing but leaving is needed for the first paint; the rest comes after it.
 * @param {() => void} then
 */
function painted(then) {
  const stands = () => performance.getEntriesByName(firstPaint).length > 0;
  if (!globalThis.PerformanceObserver?.supportedEntryTypes?.includes("paint")) {
    requestAnimationFrame(() => setTimeout(then, 0));
    return;
  }
  if (stands()) {
    then();
    return;
  }
  const observer = new PerformanceObserver(() => {
    if (!stands()) return;
    observer.disconnect();
    then();
  });
  observer.observe({ type: "paint", buffered: true });
}

painted(() => document.querySelectorAll("[data-module]").forEach((el) => {
  if (el instanceof HTMLElement) start(el);
}));

const font = () => painted(() => {
  import("./modules/font.js").then((m) => m.loadFont(document.body.dataset.font), () => {});
});
if (document.readyState === "complete") font();
else addEventListener("load", font, { once: true });
