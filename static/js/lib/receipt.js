// The code that a reporter may keep: 80 bits of chance in two spellings, and
// the keys that it stands for. The same as package seal in Go.
import { bech32, expand, extract, identityToRecipient, scryptAsync, sha256 as hash } from "../vendor/age.js";
import { concat, random, sha256, toBase64, toHex, utf8 } from "./bytes.js";

const size = 10; // bytes of a code
const wordBits = 10n;
const codeWords = 8;
const codeDigits = 25;
const checkBits = 3n;

export const newSecret = () => random(size);

/** @param {Uint8Array} secret */
const number = (secret) => BigInt(`0x${toHex(secret)}`);

/** @param {bigint} n */
function secretOf(n) {
  const out = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--, n >>= 8n) out[i] = Number(n & 255n);
  return out;
}

/** @param {Uint8Array} secret */
const check = (secret) => BigInt(sha256(secret)[0] >> 5);

/** @param {Uint8Array} secret five groups of five digits */
export function digits(secret) {
  const all = ((number(secret) << checkBits) | check(secret)).toString().padStart(codeDigits, "0");
  return (all.match(/.{5}/g) ?? []).join(" ");
}

/**
 * @param {Uint8Array} secret
 * @param {string[]} list 1,024 words of one language
 */
export function words(secret, list) {
  let n = number(secret);
  /** @type {string[]} */
  const out = [];
  for (let i = 0; i < codeWords; i++, n >>= wordBits) out.unshift(list[Number(n & 1023n)]);
  return out;
}

const alike = new Map(Object.entries({
  ٱ: "ا", ى: "ي", ی: "ي", ێ: "ي", ې: "ي", ة: "ه", ە: "ه", ھ: "ه", ہ: "ه", ۆ: "و", ۇ: "و", ک: "ك", ڪ: "ك", ڕ: "ر", ڵ: "ل", ڤ: "ف",
}));

/**
 * One spelling of the many that keyboards and hands give to a word. Letters
 * made of a letter and a hamza are taken apart first.
 * @param {string} text
 */
export function fold(text) {
  const plain = text.toLowerCase().normalize("NFKD").replace(/[\p{M}\p{Cf}ـء]/gu, "");
  return Array.from(plain, (c) => alike.get(c) ?? c).join("");
}

/** @param {string} c a digit of any script */
function digit(c) {
  const at = /** @type {number} */ (c.codePointAt(0));
  let zero = at; // digits of a script stand in a row of ten
  while (at - zero < 10 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(at - zero);
}

/**
 * Reads a code in either spelling. It throws when the text is none.
 * @param {string} text
 * @param {string[][]} lists the words of each language
 */
export function parseSecret(text, lists) {
  if (utf8(text).length > 1000) throw new Error("not a code");
  const parts = fold(text).split(/[^\p{L}\p{Nd}]+/u).filter(Boolean);
  const spoken = parts.map((p) => p.replace(/^\p{Nd}+|\p{Nd}+$/gu, "")).filter(Boolean);
  for (const list of spoken.length === codeWords ? lists : []) {
    const index = new Map(list.map((w, i) => [fold(w), BigInt(i)]));
    if (spoken.every((w) => index.has(w))) {
      return secretOf(spoken.reduce((n, w) => (n << wordBits) | /** @type {bigint} */ (index.get(w)), 0n));
    }
  }
  return fromDigits(parts.join("")); // perhaps with a word before them
}

/** @param {string} text */
function fromDigits(text) {
  const plain = Array.from(text.replace(/\P{Nd}/gu, ""), digit).join("");
  if (plain.length !== codeDigits) throw new Error("not a code");
  const n = BigInt(plain);
  const secret = secretOf(n >> checkBits);
  if (n >> checkBits >> BigInt(size * 8) || check(secret) !== (n & 7n)) throw new Error("not a code");
  return secret;
}

/**
 * @typedef {{id: Uint8Array, del: Uint8Array, cap: Uint8Array}} DropKeys
 * @typedef {{mboxKey: Uint8Array, mac: Uint8Array, thread: string, identity: string,
 *   replyTo: {to: string, mbox: string, mac: string}, drop: (n: number) => DropKeys}} Keys
 */

const slice = 12; // milliseconds of the sum between two breaths of the page

/**
 * Derives what a code stands for. It takes a second or so on a weak phone, in
 * slices: the page can be left meanwhile. It throws when the signal says to stop.
 * @param {Uint8Array} secret
 * @param {AbortSignal} [signal]
 * @returns {Promise<Keys>}
 */
export async function deriveKeys(secret, signal) {
  const onProgress = () => {
    if (signal?.aborted) throw new DOMException("stopped", "AbortError");
  };
  const cost = { N: 2 ** 15, r: 8, p: 1, dkLen: 32, asyncTick: slice, onProgress };
  const master = await scryptAsync(secret, utf8("hisn/receipt/v1"), cost);
  const prk = extract(hash, master);
  /** @param {string} label @param {number} n */
  const derive = (label, n) => expand(hash, prk, utf8(label), n);
  const seed = derive("reply-seed", 32);
  const identity = bech32.encode("AGE-SECRET-KEY-PQ-", bech32.toWords(seed), false).toUpperCase();
  const mboxKey = derive("mbox-key", 32);
  const mac = derive("reply-mac", 32);
  return {
    mboxKey, mac, identity,
    thread: toHex(derive("thread", 16)),
    replyTo: { to: await identityToRecipient(identity), mbox: toHex(sha256(mboxKey)), mac: toBase64(mac) },
    drop: (n) => {
      const suffix = n > 0 ? `/${n}` : "";
      return { id: derive(`drop-id${suffix}`, 16), del: derive(`del${suffix}`, 32), cap: derive(`cap${suffix}`, 32) };
    },
  };
}

/** @param {DropKeys[]} drops the payload of a withdrawal */
export const pairs = (drops) => concat(Uint8Array.of(drops.length), ...drops.flatMap(({ id, del }) => [id, del]));
