import { type Bytes, unshared } from './bytes.ts'
import { WaxsealError } from './errors.ts'
import type { SealingKey } from './keys.ts'
import type { Plaintext } from './plaintext.ts'

/** The session key's size: AES-256. */
export const SESSION_KEY_LENGTH = 32

/**
 * AES-256-GCM with a nonce of twelve zero bytes. Sound because each session key encrypts one message only: a nonce must
 * not repeat under one key (NIST SP 800-38D 8), and no key is ever used twice. Bitnami's format demands it.
 */
const GCM = { name: 'AES-GCM', iv: new Uint8Array(12), tagLength: 128 } as const

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
  const session = crypto.getRandomValues(new Uint8Array(SESSION_KEY_LENGTH))
  const [wrapped, sealed] = await Promise.all([
    key.encrypt(unshared(label), session),
    encryptOnce(session, plaintext.reveal()),
  ])
  session.fill(0)
  const envelope = new Uint8Array(2 + wrapped.byteLength + sealed.byteLength)
  envelope[0] = wrapped.byteLength >> 8
  envelope[1] = wrapped.byteLength
  envelope.set(new Uint8Array(wrapped), 2)
  envelope.set(new Uint8Array(sealed), 2 + wrapped.byteLength)
  return envelope
}

async function encryptOnce(session: Bytes, value: Bytes): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', session, GCM.name, false, ['encrypt'])
  return crypto.subtle.encrypt(GCM, key, value)
}

/** Opens the second part with a session key of 32 bytes; undefined when the tag does not fit. */
export async function openSealed(session: Bytes, sealed: Uint8Array): Promise<Bytes | undefined> {
  const key = await crypto.subtle.importKey('raw', session, GCM.name, false, ['decrypt'])
  try {
    return new Uint8Array(await crypto.subtle.decrypt(GCM, key, unshared(sealed)))
  } catch {
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
