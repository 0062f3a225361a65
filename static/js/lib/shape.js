// What may stand in a report. The desk reads nothing else, so a report that is
// not of this shape would be lost when it is already locked: it is refused here,
// before that, while the words are still on the page. The same rules as package
// seal in Go, and held to them by the same vectors.
import { toBase64, utf8 } from "./bytes.js";

const most = { text: 6000, handles: 1500, reach: 600, when: 300 }; // bytes
const mostHashes = 20;

/** @type {Record<string, string>} */
const one = {
  about: "me friend child pupil",
  who: "stranger online ex relative classmate unknown unsaid",
  since: "today days weeks months",
  paid: "no yes unsaid",
  shared: "no some public unknown",
  age: "under18 adult unsaid",
};
/** @type {Record<string, string>} */
const many = {
  what: "picture edited chat account money other",
  want: "money pictures meeting talk codes silence other unknown",
  where: "facebook instagram whatsapp telegram snapchat tiktok viber discord games phone other",
  danger: "home meet life self",
};
const flags = ["woman_officer", "no_local", "no_contact", "national", "move_ok"];
const parts = ["v", "kind", "desk", "epoch", "day", "thread", "cap", "reply", "f", "hashes", "flags"];
const recipient = /^age1pq1[02-9ac-hj-np-z]{1950,1970}$/;

/** @param {unknown} ok @param {string} what */
function need(ok, what) {
  if (!ok) throw new Error(`not a report: ${what}`);
}

/** @param {any} o @param {string[]} known @param {string} what */
const keys = (o, known, what) => need(o && typeof o === "object" && Object.keys(o).every((k) => known.includes(k)), what);

/** @param {unknown} s @param {number} length */
const isHex = (s, length) => typeof s === "string" && s.length === length && /^[0-9a-f]*$/.test(s);

/** @param {unknown} day */
function isDay(day) {
  const at = typeof day === "string" && /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${day}T`);
}

/** Half of a character has no UTF-8. @param {string} s */
function whole(s) {
  try {
    return encodeURIComponent(s).length >= 0;
  } catch {
    return false;
  }
}

/** @param {any} f */
function checkFields(f) {
  keys(f, [...Object.keys(one), ...Object.keys(many), ...Object.keys(most)], "fields");
  for (const [name, ids] of Object.entries(one)) need([undefined, "", ...ids.split(" ")].includes(f[name]), name);
  for (const [name, ids] of Object.entries(many)) {
    const known = ids.split(" "), said = f[name] ?? [];
    need(Array.isArray(said) && said.length <= known.length && said.every((id) => known.includes(id)), name);
  }
  for (const [name, bytes] of Object.entries(most)) {
    const s = f[name] ?? "";
    need(typeof s === "string" && whole(s) && !s.includes("\0") && utf8(s).length <= bytes, name);
  }
}

/** @param {any} h */
function checkHash(h) {
  keys(h, ["sha256", "size", "mime"], "hash");
  need(isHex(h.sha256, 64) && Number.isSafeInteger(h.size) && h.size >= 0 && /^[a-zA-Z0-9!#$&^_.+/-]{0,100}$/.test(h.mime), "hash");
}

/**
 * Returns the JSON of a report, or throws when a desk would not read it. Bytes
 * become base64.
 * @param {any} r
 */
export function encode(r) {
  keys(r, parts, "parts");
  need(r.v === 1 && ["report", "follow"].includes(r.kind), "kind");
  need(/^[A-Za-z][A-Za-z0-9-]{0,31}$/.test(r.desk) && /^[A-Za-z0-9-]{1,16}$/.test(r.epoch), "desk");
  need(isDay(r.day) && isHex(r.thread, 32), "thread");
  need(r.cap instanceof Uint8Array && r.cap.length === 32, "cap");
  keys(r.reply, ["to", "mbox", "mac"], "reply");
  need(recipient.test(r.reply.to) && isHex(r.reply.mbox, 64) && /^[A-Za-z0-9+/]{43}=$/.test(r.reply.mac), "reply");
  checkFields(r.f);
  need(Array.isArray(r.hashes) && r.hashes.length <= mostHashes, "hashes");
  r.hashes.forEach(checkHash);
  keys(r.flags, flags, "flags");
  need(Object.values(r.flags).every((v) => typeof v === "boolean"), "flags");
  return utf8(JSON.stringify(r, (_, v) => (v instanceof Uint8Array ? toBase64(v) : v)));
}
