// What the sealed report needs of its libraries, and nothing else.
export { Encrypter, Decrypter, identityToRecipient, generateHybridIdentity } from "age-encryption";
export { sha256 } from "@noble/hashes/sha2.js";
export { hmac } from "@noble/hashes/hmac.js";
export { expand, extract } from "@noble/hashes/hkdf.js";
export { scryptAsync } from "@noble/hashes/scrypt.js";
export { ed25519 } from "@noble/curves/ed25519.js";
export { bech32 } from "@scure/base";
