// Proof of work: a small sum that costs a phone seconds and a flood of machines
// days. It is done in slices, so that the page stays alive and can be left.
import { sha256 as hash } from "../vendor/age.js";
import { breathe, concat, sha256, utf8 } from "./bytes.js";

const label = utf8("drop1");
const slice = 40; // milliseconds at a time

/** @param {Uint8Array} h */
export function leading(h) {
  let n = 0;
  for (const b of h) {
    n += Math.clz32(b) - 24;
    if (b) break;
  }
  return n;
}

/**
 * Finds a nonce for a body. It throws when the signal says to stop.
 * @param {Uint8Array} body
 * @param {number} zeros leading zero bits
 * @param {AbortSignal} [signal]
 */
export async function work(body, zeros, signal) {
  const start = concat(label, sha256(body));
  const nonce = new Uint8Array(8);
  const view = new DataView(nonce.buffer);
  const base = hash.create().update(start);
  const scratch = hash.create();
  for (let n = 0, until = performance.now() + slice; ; n++) {
    view.setUint32(4, n);
    base._cloneInto(scratch);
    if (leading(scratch.update(nonce).digest()) >= zeros) return nonce;
    if (n % 64 === 0 && performance.now() > until) {
      await breathe();
      signal?.throwIfAborted();
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
