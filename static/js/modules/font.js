// The web font comes after the first paint and never on a saving connection.
// Sorani letters are missing in some phones' own fonts, so it is worth one file.

/** @param {string | undefined} url */
export function loadFont(url) {
  const connection = /** @type {{saveData?: boolean} | undefined} */ (/** @type {any} */ (navigator).connection);
  if (!url || connection?.saveData || matchMedia("(prefers-reduced-data: reduce)").matches) return;
  if (!document.fonts || typeof FontFace === "undefined") return;
  const face = new FontFace("Hisn", `url(${url}) format("woff2")`, {
    weight: "400 700",
    unicodeRange: "U+0600-06FF, U+200C-200F",
    display: "swap",
  });
  face.load().then((f) => document.fonts.add(f), () => {});
}
