/** An encrypted file as git stores it: 10 magic bytes, a 12-byte nonce, then AES-256-CTR of the plaintext, without padding. */
import { concat, equalBytes } from '../bytes.ts'
import { WaxsealError } from '../errors.ts'
import type { KeyEntry } from './key-file.ts'
import type { Keystream, Mac, Primitives } from './primitives.ts'

/** `\0GITCRYPT\0` */
const MAGIC: Uint8Array = Uint8Array.of(0x00, 0x47, 0x49, 0x54, 0x43, 0x52, 0x59, 0x50, 0x54, 0x00)
const NONCE_LENGTH = 12
const MAGIC_LENGTH: number = MAGIC.length
export const HEADER_LENGTH: number = MAGIC_LENGTH + NONCE_LENGTH
/** git-crypt's own limit: past it, neither tool encrypts. */
const MAX_PLAINTEXT: number = 2 ** 32 - 1

/**
 * What the first bytes of a blob say. `head` holds at least HEADER_LENGTH bytes, or the whole blob where that is shorter.
 * `truncated`: it begins with the magic, but the header is not whole.
 */
export function kindOfBlob(head: Uint8Array): 'encrypted' | 'truncated' | 'not-encrypted' {
  if (head.length < MAGIC_LENGTH || !equalBytes(head.subarray(0, MAGIC_LENGTH), MAGIC)) return 'not-encrypted'
  return head.length < HEADER_LENGTH ? 'truncated' : 'encrypted'
}

/**
 * First pass of encryption: feed the plaintext, then take the nonce. It is the HMAC of the whole plaintext, so equal files encrypt
 * equally under one key, which git needs to see that nothing changed, and different files get different nonces.
 */
export interface NonceBuilder {
  update(plaintext: Uint8Array): void
  /** The nonce; once. Throws WaxsealError `malformed` past MAX_PLAINTEXT. */
  nonce(): Uint8Array
}

export function nonceBuilder(primitives: Primitives, entry: KeyEntry): NonceBuilder {
  const mac = primitives.hmacSha1(entry.hmacKey)
  let length = 0
  return {
    update(plaintext) {
      length += plaintext.length
      mac.update(plaintext)
    },
    nonce() {
      if (length > MAX_PLAINTEXT) {
        throw new WaxsealError('malformed', `too much data to encrypt: ${length} bytes, the format ends at 4 GiB`)
      }
      return mac.digest().slice(0, NONCE_LENGTH)
    },
  }
}

/** The 22 bytes in front of the ciphertext. */
export function headerOf(nonce: Uint8Array): Uint8Array {
  return concat(MAGIC, nonce)
}

/** Second pass, of either direction: the key stream that belongs to a nonce. */
export function cipherOf(primitives: Primitives, entry: KeyEntry, nonce: Uint8Array): Keystream {
  return primitives.aes256Ctr(entry.aesKey, concat(nonce, new Uint8Array(4)))
}

export function nonceOf(header: Uint8Array): Uint8Array {
  return header.slice(MAGIC_LENGTH, HEADER_LENGTH)
}

/** First pass of opening: feed the ciphertext behind the header, then ask which key it is of. No plaintext leaves it. */
export interface Verifier {
  update(ciphertext: Uint8Array): void
  /** The entry whose HMAC of the plaintext is the nonce; undefined: another key, or tampered with. Once. */
  entry(): KeyEntry | undefined
}

/**
 * Tries all entries at once: the format does not say which one encrypted, and git-crypt itself encrypts with the highest version yet
 * opens with version 0 only.
 */
export function verifier(primitives: Primitives, entries: readonly KeyEntry[], header: Uint8Array): Verifier {
  const nonce = nonceOf(header)
  const candidates = entries.map((entry): { entry: KeyEntry; cipher: Keystream; mac: Mac } => ({
    entry,
    cipher: cipherOf(primitives, entry, nonce),
    mac: primitives.hmacSha1(entry.hmacKey),
  }))
  return {
    update(ciphertext) {
      for (const { cipher, mac } of candidates) mac.update(cipher.apply(ciphertext))
    },
    entry: () => candidates.find(({ mac }) => equalBytes(mac.digest().subarray(0, NONCE_LENGTH), nonce))?.entry,
  }
}

/** Encrypts a file that is in memory. The same plaintext and key always give the same blob. */
export function encryptBlob(primitives: Primitives, entry: KeyEntry, plaintext: Uint8Array): Uint8Array {
  const builder = nonceBuilder(primitives, entry)
  builder.update(plaintext)
  const nonce = builder.nonce()
  return concat(headerOf(nonce), cipherOf(primitives, entry, nonce).apply(plaintext))
}

/**
 * Opens a blob that is in memory with whichever entry fits.
 * @throws WaxsealError `malformed` for a truncated header or a blob that is not encrypted, `no-key` for another key's or a changed blob
 */
export function openBlob(primitives: Primitives, entries: readonly KeyEntry[], blob: Uint8Array): Uint8Array {
  const kind = kindOfBlob(blob)
  if (kind === 'not-encrypted') throw new WaxsealError('malformed', 'not encrypted')
  if (kind === 'truncated') throw truncatedBlob()
  const check = verifier(primitives, entries, blob)
  const ciphertext = blob.subarray(HEADER_LENGTH)
  check.update(ciphertext)
  const entry = check.entry()
  if (entry === undefined) throw unopenedBlob()
  return cipherOf(primitives, entry, nonceOf(blob)).apply(ciphertext)
}

export function truncatedBlob(): WaxsealError {
  return new WaxsealError('malformed', 'encrypted file is truncated: it ends within its header')
}

/** One message for both causes: nothing in the format tells them apart. */
export function unopenedBlob(): WaxsealError {
  return new WaxsealError('no-key', 'encrypted with another key, or tampered with')
}
