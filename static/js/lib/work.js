// Proof of work: a small sum that costs a phone seconds and a flood of machines
// days. It is done in slices, so that the page stays alive and can be left. The
// one block of SHA-256 is written out here because a general one takes several
// times as long; what is found is checked with the other.
import { breathe, concat, sha256, utf8 } from "./bytes.js";

const label = utf8("drop1");
const slice = 12; // milliseconds at a time
const most = 26; // zero bits; a server that asks for more wants no reports

/** @param {Uint8Array} h */
export function leading(h) {
  let n = 0;
  for (const b of h) {
    n += Math.clz32(b) - 24;
    if (b) break;
  }
  return n;
}

/** The constants of SHA-256: the cube roots of the first 64 primes. */
const K = (() => {
  const out = new Int32Array(64);
  for (let n = 2, at = 0; at < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) prime &&= n % d !== 0;
    if (prime) out[at++] = Math.floor((Math.cbrt(n) % 1) * 2 ** 32);
  }
  return out;
})();
const W = new Int32Array(64);

/**
 * The first 32 bits of the SHA-256 of one padded block.
 * @param {Int32Array} block 16 words
 */
function top32(block) {
  W.set(block);
  for (let i = 16; i < 64; i++) {
    const p = W[i - 15], q = W[i - 2];
    const s0 = ((p >>> 7) | (p << 25)) ^ ((p >>> 18) | (p << 14)) ^ (p >>> 3);
    const s1 = ((q >>> 17) | (q << 15)) ^ ((q >>> 19) | (q << 13)) ^ (q >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = 0x6a09e667, b = 0xbb67ae85 | 0, c = 0x3c6ef372, d = 0xa54ff53a | 0;
  let e = 0x510e527f, f = 0x9b05688c | 0, g = 0x1f83d9ab, h = 0x5be0cd19;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return (a + 0x6a09e667) >>> 0;
}

/**
 * Finds the first nonce, counted up from zero, that proves work for a body. It
 * throws when the signal says to stop.
 * @param {Uint8Array} body
 * @param {number} zeros leading zero bits
 * @param {AbortSignal} [signal]
 */
export async function work(body, zeros, signal) {
  if (zeros > most) throw new Error("too much work");
  const block = new Uint8Array(64); // label, hash and nonce are 45 bytes
  block.set(concat(label, sha256(body)));
  block[45] = 0x80;
  const view = new DataView(block.buffer);
  view.setUint32(60, 45 * 8);
  const words = Int32Array.from({ length: 16 }, (_, i) => view.getInt32(4 * i));
  const [head, tail] = [words[10], words[11]]; // the low half of the nonce lies across them
  const enough = 2 ** (32 - Math.max(0, zeros));
  for (let n = 0, until = performance.now() + slice; ; n++) {
    words[10] = head | (n >>> 8);
    words[11] = tail | (n << 24);
    if (top32(words) < enough) {
      const nonce = new Uint8Array(8);
      new DataView(nonce.buffer).setUint32(4, n);
      if (!checkWork(body, nonce, zeros)) throw new Error("the sum is wrong");
      return nonce;
    }
    if (n % 256 === 0 && performance.now() > until) {
      await breathe();
      if (signal?.aborted) throw new DOMException("stopped", "AbortError");
      until = performance.now() + slice;
    }
  }
}

/**
 * @param {Uint8Array} body
 * @param {Uint8Array} nonce
 * @param {number} zeros
 */
export const checkWork = (body, nonce, zeros) => leading(sha256(concat(label, sha256(body), nonce))) >= zeros;
