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

/**
 * Proves a directory and returns what it says. It throws unless enough of the
 * signers have signed it and it is in force.
 * @param {string} text
 * @param {{keys: string[], threshold: number, minSeq: number}} rules
 * @param {Date} now
 */
export function verifyDirectory(text, { keys, threshold, minSeq }, now) {
  const at = text.lastIndexOf("\n\n");
  if (at < 0 || threshold < 2) throw new Error("unsigned");
  const signed = text.slice(0, at + 1);
  const known = new Map(keys.map(verifier).map((v) => [`${v.name}+${v.hash}`, v]));
  const by = new Set();
  for (const line of text.slice(at + 2).trimEnd().split("\n")) {
    const [, name, signature] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
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
  const day = now.toISOString().slice(0, 10);
  if (d.v !== 1 || !(d.seq >= minSeq)) throw new Error("older");
  if (day < d.not_before || day > d.not_after) throw new Error("not in force");
  return d;
}
