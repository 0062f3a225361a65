// The signed directory of desks, proved on the phone: a text, an empty line,
// and signatures as golang.org/x/mod/sumdb/note writes them.
import { ed25519 } from "../vendor/age.js";
import { concat, fromBase64, sha256, toHex, utf8 } from "./bytes.js";

const algorithm = 1; // Ed25519

/**
 * Reads a verifier key, "name+hash+base64".
 * @param {string} text
 */
function verifier(text) {
  const [, name, hash, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const raw = fromBase64(key ?? "");
  if (raw.length !== 33 || raw[0] !== algorithm) throw new Error("malformed key");
  if (toHex(sha256(concat(utf8(`${name}\n`), raw)).subarray(0, 4)) !== hash) throw new Error("malformed key");
  return { name, hash, key: raw.subarray(1) };
}

const lifetime = 45; // days, at most
const mostSignatures = 100;
const dayLength = 86_400_000;

/** @param {string} day */
const time = (day) => (/^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN);

/** @param {any} d what a page relies on of a desk */
const isDesk = (d) => /^[A-Za-z][A-Za-z0-9-]{1,31}$/.test(d?.id) && ["desk", "national", "women"].includes(d.kind) &&
  ["open", "hotline_only"].includes(d.status) && /^age1pq1[02-9ac-hj-np-z]{1950,1970}$/.test(d.recipient) &&
  /^[A-Za-z0-9-]{1,16}$/.test(d.epoch) && ["ar", "ckb", "en"].every((l) => typeof d.names?.[l] === "string");

/**
 * Takes a note apart into what is signed and the lines of the signatures.
 * @param {string} note
 */
function split(note) {
  const at = note.lastIndexOf("\n\n");
  // A note has no control characters but line ends.
  if (at < 0 || !note.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(note)) throw new Error("unsigned");
  return { signed: note.slice(0, at + 1), lines: note.slice(at + 2, -1).split("\n") };
}

/**
 * Throws unless a directory is of the right shape and in force.
 * @param {any} d
 * @param {number} minSeq
 * @param {Date} now
 */
function check(d, minSeq, now) {
  if (d.v !== 1 || !Number.isSafeInteger(d.seq) || !(d.seq >= minSeq)) throw new Error("older");
  const [from, to] = [time(d.not_before), time(d.not_after)];
  if (!(from <= to && to - from <= lifetime * dayLength)) throw new Error("malformed dates");
  if (!(from <= now.getTime() && now.getTime() < to + dayLength)) throw new Error("not in force");
  const ids = new Set(d.desks.map((/** @type {any} */ x) => x.id));
  if (!d.desks.every(isDesk) || ids.size !== d.desks.length) throw new Error("malformed desks");
}

/**
 * Proves a directory and returns what it says. It throws unless enough of the
 * signers have signed it and it is in force.
 * @param {string} text
 * @param {{keys: string[], threshold: number, minSeq: number}} rules
 * @param {Date} now
 */
export function verifyDirectory(text, { keys, threshold, minSeq }, now) {
  const { signed, lines } = split(text);
  if (threshold < 2 || lines.length > mostSignatures) throw new Error("unsigned");
  const known = new Map(keys.map(verifier).map((v) => [`${v.name}+${v.hash}`, v]));
  const by = new Set();
  for (const line of lines) {
    const [, name, signature] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    if (!signature) throw new Error("malformed signature");
    const raw = fromBase64(signature);
    const id = `${name}+${toHex(raw.subarray(0, 4))}`;
    const v = known.get(id);
    if (!v) continue;
    if (!ed25519.verify(raw.subarray(4), utf8(signed), v.key, { zip215: false })) throw new Error("a false signature");
    by.add(id);
  }
  if (by.size < threshold) throw new Error("unsigned");
  const d = JSON.parse(signed);
  check(d, minSeq, now);
  return d;
}
