// Whether this browser can lock a report, and what went wrong when it cannot.
// It stands apart from what locks and imports nothing: an old browser that
// cannot even read those files must still be able to say so.

/** What went wrong: browser, directory, network, notstored or code. */
export class Trouble extends Error {
  /** @param {string} name */
  constructor(name) {
    super(name);
    this.name = name;
  }
}

/** Says why this browser cannot seal, or "" when it can. */
export function supported() {
  const g = /** @type {any} */ (globalThis);
  const needs = {
    random: () => g.crypto.getRandomValues(new Uint8Array(1)).length === 1,
    streams: () => new g.TransformStream() && new g.Response(new g.ReadableStream()),
    text: () => "\u0623".normalize("NFKD").length === 2 && new g.TextEncoder().encode("ی").length === 2 && new RegExp("\\p{M}", "u").test("\u064e"),
    numbers: () => g.BigInt(2) * g.BigInt(3) === g.BigInt(6) && g.Object.hasOwn({ a: 1 }, "a"),
    requests: () => typeof g.fetch === "function" && new g.AbortController().signal && typeof g.MessageChannel === "function",
  };
  for (const [name, works] of Object.entries(needs)) {
    try {
      if (works()) continue;
    } catch {
      // It is missing.
    }
    return name;
  }
  return "";
}

/**
 * Loads what locks and opens. It throws a Trouble when the browser cannot run
 * it or the network fails.
 * @returns {Promise<typeof import("./send.js")>}
 */
export async function library() {
  if (supported() !== "") throw new Trouble("browser");
  try {
    return await import("./send.js");
  } catch (why) {
    throw new Trouble(why instanceof TypeError ? "network" : "browser"); // it did not come, or could not be read
  }
}
