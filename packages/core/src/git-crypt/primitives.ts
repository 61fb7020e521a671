/**
 * The two ciphers of the format, passed in. WebCrypto cannot stream them, and a pure JavaScript implementation is some twenty times
 * slower than the platform's, which is what a 200 MB file is about; so Node injects node:crypto, and a browser a library of its choice.
 */
export interface Primitives {
  /** HMAC-SHA1 (RFC 2104). */
  hmacSha1(key: Uint8Array): Mac
  /** AES-256 in counter mode (SP 800-38A), the whole 16-byte block as one big-endian counter that begins at `counter`. */
  aes256Ctr(key: Uint8Array, counter: Uint8Array): Keystream
}

export interface Mac {
  update(bytes: Uint8Array): void
  /** 20 bytes; once. */
  digest(): Uint8Array
}

export interface Keystream {
  /** Encrypts or decrypts the next bytes; as many come out as go in. The input may be reused afterwards. */
  apply(bytes: Uint8Array): Uint8Array
}
