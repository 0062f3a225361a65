// Stands in for the curves P-256 and P-384, which the bundle never uses: only
// recipients of the kind mlkem768x25519 are sealed to. Calling one fails.
const none = { lengths: { secretKey: 0, publicKey: 0, seed: 0 }, Point: { Fn: { ORDER: 1n }, BASE: {} } };
export const p256 = none;
export const p384 = none;
