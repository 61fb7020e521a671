import { type Bytes, concat, unshared } from './bytes.ts'
import { WaxsealError } from './errors.ts'
import type { SealingKey } from './keys.ts'
import type { Plaintext } from './plaintext.ts'
import { type NodeCrypto, nodeCrypto, randomBytes } from './platform.ts'

/** The session key's size: AES-256. */
export const SESSION_KEY_LENGTH = 32

/**
 * AES-256-GCM with a nonce of twelve zero bytes. Sound because each session key encrypts one message only: a nonce must
 * not repeat under one key (NIST SP 800-38D 8), and no key is ever used twice. Bitnami's format demands it.
 */
const NONCE = new Uint8Array(12)
const TAG_LENGTH = 16
const GCM = { name: 'AES-GCM', iv: NONCE, tagLength: 8 * TAG_LENGTH } as const

/** Values up to so many bytes are encrypted at once (some 100 us); larger ones in a thread, so that others need not wait for them. */
const AT_ONCE = 64 * 1024

/** An envelope's two parts. */
export interface EnvelopeParts {
  /** The session key under RSA-OAEP. */
  readonly wrapped: Uint8Array
  /** The value under the session key, tag last. */
  readonly sealed: Uint8Array
}

/**
 * Seals one value: be16 length | RSA-OAEP(session key, label) | AES-256-GCM(value), tag last.
 * @param label what the value is bound to, see `label` in scope
 */
export async function sealEnvelope(key: SealingKey, label: Uint8Array, plaintext: Plaintext): Promise<Bytes> {
  const session = randomBytes(SESSION_KEY_LENGTH)
  const [wrapped, sealed] = await Promise.all([
    key.encrypt(unshared(label), session),
    encryptOnce(session, plaintext.reveal()),
  ])
  session.fill(0)
  const envelope = new Uint8Array(2 + wrapped.length + sealed.length)
  envelope[0] = wrapped.length >> 8
  envelope[1] = wrapped.length
  envelope.set(wrapped, 2)
  envelope.set(sealed, 2 + wrapped.length)
  return envelope
}

async function encryptOnce(session: Bytes, value: Bytes): Promise<Uint8Array> {
  const node = value.length <= AT_ONCE ? nodeCrypto() : undefined
  if (node !== undefined) return encryptAtOnce(node, session, value)
  const key = await crypto.subtle.importKey('raw', session, GCM.name, false, ['encrypt'])
  return new Uint8Array(await crypto.subtle.encrypt(GCM, key, value))
}

function encryptAtOnce(node: NodeCrypto, session: Bytes, value: Bytes): Uint8Array {
  const cipher = node.createCipheriv('aes-256-gcm', session, NONCE)
  return concat(cipher.update(value), cipher.final(), cipher.getAuthTag())
}

/** Opens the second part with a session key of 32 bytes; undefined when the tag does not fit. */
export async function openSealed(session: Bytes, sealed: Uint8Array): Promise<Bytes | undefined> {
  const node = sealed.length <= AT_ONCE ? nodeCrypto() : undefined
  if (node !== undefined) return openAtOnce(node, session, sealed)
  const key = await crypto.subtle.importKey('raw', session, GCM.name, false, ['decrypt'])
  try {
    return new Uint8Array(await crypto.subtle.decrypt(GCM, key, unshared(sealed)))
  } catch {
    return undefined
  }
}

function openAtOnce(node: NodeCrypto, session: Bytes, sealed: Uint8Array): Bytes | undefined {
  const end = sealed.length - TAG_LENGTH
  if (end < 0) return undefined
  const decipher = node.createDecipheriv('aes-256-gcm', session, NONCE, { authTagLength: TAG_LENGTH })
  decipher.setAuthTag(sealed.subarray(end))
  const value = decipher.update(sealed.subarray(0, end))
  try {
    // In this mode the last step only compares the tag.
    decipher.final()
    return new Uint8Array(value.buffer, value.byteOffset, value.length)
  } catch {
    value.fill(0)
    return undefined
  }
}

/**
 * Splits an envelope where its length field says. The parts share the envelope's memory.
 * @throws WaxsealError `malformed` when it is shorter than that
 */
export function splitEnvelope(bytes: Uint8Array): EnvelopeParts {
  const [high, low] = bytes
  if (high === undefined || low === undefined) throw tooShort()
  const end = 2 + high * 256 + low
  if (end > bytes.length) throw tooShort()
  return { wrapped: bytes.subarray(2, end), sealed: bytes.subarray(end) }
}

function tooShort(): WaxsealError {
  // kubeseal's words, which scripts look for; the code and the hint say more.
  return new WaxsealError('malformed', 'no key could decrypt secret', {
    hint: 'the sealed value is cut off: copy it again in full',
  })
}
