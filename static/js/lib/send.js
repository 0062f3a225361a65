// From a form to a stored report, and from a code to its answers: what the two
// screens of the sealed report share. Everything that can fail ends in a
// Trouble with one of four names; nothing is ever sent that is not sealed.
import { verifyDirectory } from "./directory.js";
import { deriveKeys, digits, newSecret, pairs, parseSecret, words } from "./receipt.js";
import { answer, frame, openReply, payload, seal, throwAway } from "./seal.js";
import { fromHex, sha256, toHex } from "./bytes.js";
import { Trouble } from "./trouble.js";
import { work } from "./work.js";

const usualWork = 16;
const drops = 16; // a report and what may follow it
const tries = 3;
const patience = 45_000; // milliseconds for one exchange on a slow network

/**
 * @typedef {{directory: any, staffed: string[]}} Desk
 * @typedef {{receipt?: Receipt}} Kept
 * @typedef {{hash: string, day: string, state: string, desk: string, text: string, verified: boolean}} Mail
 */

/**
 * Fetches the directory of desks and proves its signatures.
 * @param {DOMStringMap} signers
 * @returns {Promise<Desk>}
 */
export async function prepare({ signers = "", threshold = "2", least = "0" }) {
  let note, staffed;
  try {
    const [a, b] = await Promise.all([fetch("/d/desks"), fetch("/d/staffed")]);
    if (!a.ok || !b.ok) throw new Trouble("directory");
    note = await a.text();
    staffed = (await b.json()).desks;
  } catch (why) {
    throw why instanceof Trouble ? why : new Trouble("network");
  }
  try {
    const rules = { keys: signers.split(" ").filter(Boolean), threshold: Number(threshold), minSeq: Number(least) };
    return { directory: verifyDirectory(note, rules, new Date()), staffed };
  } catch {
    throw new Trouble("directory");
  }
}

/**
 * One exchange with the server: a frame of constant size for an answer of
 * constant size. The same frame is sent again when the network fails.
 * @param {string} home
 * @param {Uint8Array} bytes
 * @param {AbortSignal} [signal]
 */
async function exchange(home, bytes, signal) {
  for (let n = 0; n < tries; n++) {
    if (signal?.aborted) throw new DOMException("stopped", "AbortError");
    if (n > 0) await new Promise((then) => setTimeout(then, 1500 * n));
    const ends = new AbortController();
    const clock = setTimeout(() => ends.abort(), patience);
    const stop = () => ends.abort();
    signal?.addEventListener("abort", stop);
    try {
      const r = await fetch(home, {
        method: "POST", body: bytes, headers: { "Content-Type": "application/octet-stream" },
        signal: ends.signal, cache: "no-store", redirect: "error",
      });
      if (r.ok) return answer(new Uint8Array(await r.arrayBuffer()));
      if (r.status < 500 && r.status !== 429) break;
    } catch {
      // The next try, or the end of them.
    } finally {
      clearTimeout(clock);
      signal?.removeEventListener("abort", stop);
    }
  }
  throw new Trouble("network");
}

/**
 * Seals a report and stores it.
 * @param {Desk} d
 * @param {{desk: string, fields: object, flags: any, hashes: object[]}} typed
 * @param {{kept: Kept, home: string, say: (what: string) => void, signal?: AbortSignal, follow?: boolean}} how
 */
export async function send(d, typed, { kept, home, say, signal, follow = false }) {
  const desk = d.directory.desks.find((/** @type {any} */ x) => x.id === typed.desk && x.status === "open");
  if (!desk || !d.staffed.includes(desk.id)) throw new Trouble("directory");
  // One that takes no reports may have lost its key to somebody else.
  const national = d.directory.desks.find((/** @type {any} */ x) => x.kind === "national" && x.status === "open");
  say("locking");
  kept.receipt ??= await Receipt.make();
  const keys = await kept.receipt.keys(signal);
  const flags = { woman_officer: false, no_local: false, no_contact: false, national: false, move_ok: false, ...typed.flags };
  for (let n = follow ? 1 : 0; n < drops; n++) {
    const { id, del, cap } = keys.drop(n);
    const report = {
      v: 1, kind: n > 0 ? "follow" : "report", desk: desk.id, epoch: desk.epoch, day: new Date().toISOString().slice(0, 10),
      thread: keys.thread, cap, reply: keys.replyTo, f: typed.fields, hashes: typed.hashes, flags,
    };
    const second = flags.national && national && national.id !== desk.id ? national.recipient : await throwAway();
    const body = await seal(report, desk.recipient, second);
    const status = await deliver(home, { id, del, cap, body }, say, signal);
    if (status === "stored") return;
    if (status !== "conflict") throw new Trouble("notstored");
    // These words were stored before, and the answer got lost; what is sent
    // now follows them.
  }
  throw new Trouble("notstored");
}

/**
 * Does the work that is asked for, and delivers one sealed report.
 * @param {string} home
 * @param {{id: Uint8Array, del: Uint8Array, cap: Uint8Array, body: Uint8Array}} drop
 * @param {(what: string) => void} say
 * @param {AbortSignal} [signal]
 */
async function deliver(home, { id, del, cap, body }, say, signal) {
  let need = usualWork;
  for (let n = 0; n < tries; n++) {
    say("working");
    const nonce = await work(body, need, signal);
    say("sending");
    const a = await exchange(home, frame("drop", { id, capHash: sha256(cap), delHash: sha256(del), nonce, body }), signal);
    if (a.status !== "needwork") return a.status;
    need = a.need;
  }
  return "busy";
}

/** A code, and what can be done with it. */
export class Receipt {
  #secret;
  #keys;
  /** @param {Uint8Array} secret */
  constructor(secret) {
    this.#secret = secret;
  }

  static async make() {
    return new Receipt(newSecret());
  }

  /**
   * Reads a code in either spelling and any of the languages.
   * @param {string} text
   * @param {string} lists address of the folder with the word lists
   */
  static async read(text, lists) {
    try {
      const langs = ["ar", "ckb", "en"];
      const all = /[\p{L}]/u.test(text) ? await Promise.all(langs.map((l) => wordList(`${lists}/${l}.txt`))) : [];
      return new Receipt(parseSecret(text, all));
    } catch (why) {
      throw why instanceof Trouble ? why : new Trouble("code");
    }
  }

  /** @param {AbortSignal} [signal] */
  async keys(signal) {
    this.#keys ??= await deriveKeys(this.#secret, signal);
    return this.#keys;
  }

  /** @param {string} list address of a word list */
  async spell(list) {
    return { digits: digits(this.#secret), words: words(this.#secret, await wordList(list)) };
  }

  /**
   * @param {string} home
   * @returns {Promise<Mail[]>}
   */
  async mailbox(home) {
    const keys = await this.keys();
    const { slots } = await exchange(home, frame("mailbox", payload(keys.mboxKey)));
    /** @type {Mail[]} */
    const out = [];
    for (const ct of slots) {
      const reply = await openReply(ct, keys);
      if (reply) out.push({ ...reply, hash: toHex(sha256(ct)) });
    }
    return out.sort((a, b) => a.day.localeCompare(b.day));
  }

  /**
   * @param {string} home
   * @param {string} hash of a message
   */
  async burn(home, hash) {
    const keys = await this.keys();
    await exchange(home, frame("burn", payload(keys.mboxKey, fromHex(hash))));
  }

  /** @param {string} home */
  async withdraw(home) {
    const keys = await this.keys();
    await exchange(home, frame("withdraw", payload(pairs(Array.from({ length: drops }, (_, n) => keys.drop(n))))));
  }
}

/** @param {string} address */
async function wordList(address) {
  try {
    const r = await fetch(address);
    if (r.ok) return (await r.text()).trim().split("\n");
  } catch {
    // Told below.
  }
  throw new Trouble("network");
}
