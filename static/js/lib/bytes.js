// Small things about bytes that the parts of the sealed report share.
import { sha256 as hash } from "../vendor/age.js";

/** @param {Uint8Array} raw */
export const sha256 = (raw) => hash(raw);

/** @param {Uint8Array} raw */
export const toHex = (raw) => Array.from(raw, (b) => b.toString(16).padStart(2, "0")).join("");

/** @param {string} hex */
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (h) => parseInt(h, 16));

/** @param {Uint8Array} raw */
export function toBase64(raw) {
  let text = "";
  for (const b of raw) text += String.fromCharCode(b);
  return btoa(text);
}

/** @param {string} text */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** @param {...Uint8Array} parts */
export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** @param {number} n */
export function random(n) {
  const out = new Uint8Array(n);
  const piece = 65536; // the most that a browser gives at once
  for (let at = 0; at < n; at += piece) crypto.getRandomValues(out.subarray(at, at + piece));
  return out;
}

/**
 * Whether two texts of bytes are the same, in a time that does not tell where
 * they differ.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function same(a, b) {
  let diff = a.length ^ b.length;
  for (let i = 0; i < Math.min(a.length, b.length); i++) diff |= a[i] ^ b[i];
  return diff === 0;
}

/** @param {string} text */
export const utf8 = (text) => new TextEncoder().encode(text);

/**
 * Lets the page breathe between two slices of work: taps, timers and painting
 * take their turn. A timer would wait longer than it must.
 * @returns {Promise<void>}
 */
export const breathe = () => new Promise((then) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    then();
  };
  channel.port2.postMessage(0);
});
