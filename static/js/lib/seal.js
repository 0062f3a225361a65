// Sealing and opening on the phone: the same as package seal in Go, and held to
// it by the same vectors. Whatever is not exactly as it should be throws.
import { Decrypter, Encrypter, generateHybridIdentity, hmac, identityToRecipient, sha256 as hash } from "../vendor/age.js";
import { breathe, concat, fromBase64, random, same, toHex, utf8 } from "./bytes.js";
import { encode } from "./shape.js";

export const sizes = { plain: 16384, body: 19600, frame: 19690, answer: 24576, replyPlain: 4096, reply: 5755, slots: 4 };
const lengthSize = 4;
const headerSize = 3184;
const header = /^age-encryption\.org\/v1\n(-> mlkem768x25519 [\w+/]{1494}\n[\w+/]{43}\n){2}--- [\w+/]{43}\n$/;

/**
 * Puts a length before raw and zeros behind it.
 * @param {Uint8Array} raw
 * @param {number} size
 */
export function pad(raw, size = sizes.plain) {
  if (raw.length > size - lengthSize) throw new Error("too long");
  const out = new Uint8Array(size);
  new DataView(out.buffer).setUint32(0, raw.length);
  out.set(raw, lengthSize);
  return out;
}

/**
 * @param {Uint8Array} padded
 * @param {number} size
 */
export function unpad(padded, size = sizes.plain) {
  if (padded.length !== size) throw new Error("malformed");
  const n = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (n > size - lengthSize || padded.subarray(lengthSize + n).some((b) => b !== 0)) throw new Error("malformed");
  return padded.subarray(lengthSize, lengthSize + n);
}

/** A recipient whose key is forgotten at once. */
export async function throwAway() {
  return identityToRecipient(await generateHybridIdentity());
}

/**
 * Seals a report to its desk and to a second recipient, in an order left to
 * chance. It throws when the desk would not read what is sealed.
 * @param {object} report
 * @param {string} desk
 * @param {string} second
 */
export async function seal(report, desk, second) {
  const plain = pad(encode(report));
  const to = [desk, second];
  if (desk === second || !to.every((r) => r.startsWith("age1pq1"))) throw new Error("not two hybrid recipients");
  if (random(1)[0] & 1) to.reverse();
  const e = new Encrypter();
  for (const r of to) e.addRecipient(r);
  const body = await e.encrypt(plain);
  if (body.length !== sizes.body || !header.test(String.fromCharCode(...body.subarray(0, headerSize)))) {
    throw new Error("sealed to another shape");
  }
  return body;
}

const ops = { cover: 0, drop: 1, mailbox: 2, burn: 3, withdraw: 4 };

/**
 * A request, always of one size. What it does not say is chance.
 * @param {keyof typeof ops} op
 * @param {{id?: Uint8Array, capHash?: Uint8Array, delHash?: Uint8Array, nonce?: Uint8Array, body?: Uint8Array}} parts
 */
export function frame(op, { id = random(16), capHash = random(32), delHash = random(32), nonce = random(8), body = new Uint8Array() }) {
  const out = concat(Uint8Array.of(1, ops[op]), id, capHash, delHash, nonce, body, random(sizes.body - body.length));
  if (out.length !== sizes.frame) throw new Error("a frame of another size");
  return out;
}

/** @param {...Uint8Array} parts what a request says in place of a sealed body */
export const payload = (...parts) => ({ body: concat(...parts) });

const statuses = ["done", "stored", "needwork", "refused", "notstored", "conflict", "busy"];

/** @param {Uint8Array} raw */
export function answer(raw) {
  if (raw.length !== sizes.answer || raw[0] !== 1 || raw[1] >= statuses.length) throw new Error("malformed");
  const slots = Array.from({ length: sizes.slots }, (_, i) => raw.slice(4 + i * sizes.reply, 4 + (i + 1) * sizes.reply));
  return { status: statuses[raw[1]], need: raw[2], slots };
}

const states = ["opened", "answered", "moved", "closed"];

/**
 * Opens a reply. It is null for a dummy and for what is meant for others;
 * verified says whether somebody wrote it who had opened the report.
 * @param {Uint8Array} ct
 * @param {import("./receipt.js").Keys} keys
 */
export async function openReply(ct, keys) {
  const d = new Decrypter();
  d.addIdentity(keys.identity);
  try {
    const { raw, mac } = takeApart(unpad(await d.decrypt(ct), sizes.replyPlain));
    const r = JSON.parse(raw);
    if (r.v !== 1 || !states.includes(r.state)) return null;
    const verified = r.thread === keys.thread && same(fromBase64(mac), hmac(hash, keys.mac, utf8(raw)));
    return { day: String(r.day), state: r.state, desk: String(r.desk), text: String(r.text), verified };
  } catch {
    return null;
  }
}

/**
 * Takes the envelope {"reply":{…},"mac":"…"} apart as text: the reply must be
 * checked as it was signed, byte for byte.
 * @param {Uint8Array} bytes
 */
function takeApart(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const [, raw, mac] = /^\{"reply":(\{[^]*\}),"mac":"([A-Za-z0-9+/=]+)"\}$/.exec(text) ?? [];
  if (!raw) throw new Error("malformed");
  return { raw, mac };
}

/**
 * The fingerprint of a file that stays on the phone.
 * @param {File} file
 */
export async function hashFile(file) {
  const h = hash.create();
  const slice = 1 << 17; // a weak phone takes some milliseconds for it
  for (let at = 0; at < file.size; at += slice) {
    h.update(new Uint8Array(await file.slice(at, at + slice).arrayBuffer()));
    await breathe();
  }
  return { sha256: toHex(h.digest()), size: file.size, mime: /^[\w!#$&^.+/-]{0,100}$/.test(file.type) ? file.type : "" };
}
