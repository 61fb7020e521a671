import { unshared } from './bytes.ts'
import { openSealed, SESSION_KEY_LENGTH, splitEnvelope } from './envelope.ts'
import { WaxsealError } from './errors.ts'
import type { OpeningKey } from './keys.ts'
import { Plaintext } from './plaintext.ts'
import { randomBytes } from './platform.ts'

export interface Opened {
  readonly plaintext: Plaintext
  /** Of the key that opened it. */
  readonly fingerprint: string
}

/** The private keys that may open a value. */
export interface KeyRing {
  /** Newest first, each once. */
  readonly keys: readonly OpeningKey[]
  /**
   * Opens an envelope under a label, trying the keys that `hint` names (fingerprints) first, in the order of the hint, then
   * the others in theirs.
   * @throws WaxsealError `malformed` when it is no envelope, else `no-key`, whatever the reason
   */
  open(envelope: Uint8Array, label: Uint8Array, hint?: readonly string[]): Promise<Opened>
}

export interface KeyRingCounters {
  /** Called before each RSA private operation. */
  rsaOperation(): void
  /** Called for a value that opened though several keys could have sealed it: whether the first one tried was right. */
  keyGuess?(right: boolean): void
}

/** Makes a ring; a key that is given twice is tried once. */
export function keyRing(keys: readonly OpeningKey[], counters?: KeyRingCounters): KeyRing {
  const byFingerprint = new Map(keys.map((key) => [key.fingerprint, key]))
  const unique = [...byFingerprint.values()]
  return {
    keys: unique,
    async open(envelope, label, hint = []) {
      const parts = splitEnvelope(envelope)
      const wrapped = unshared(parts.wrapped)
      const bytes = unshared(label)
      // RFC 8017 7.1.2 step 1b: an RSA part that is not as long as the modulus is refused. Lengths are public, so no
      // operation is spent on such keys. Go also takes a part whose leading zero byte is missing; nobody writes that.
      const candidates = inOrder(byFingerprint, hint).filter((key) => key.modulusLength === wrapped.length)
      for (const key of candidates) {
        counters?.rsaOperation()
        const session = sessionKey(await key.decrypt(bytes, wrapped))
        const value = await openSealed(session, parts.sealed)
        if (value === undefined) continue
        if (candidates.length > 1) counters?.keyGuess?.(key === candidates[0])
        return { plaintext: Plaintext.of(value), fingerprint: key.fingerprint }
      }
      throw new WaxsealError('no-key', 'no key could decrypt secret')
    },
  }
}

/**
 * What RSA gave, if it is a session key; else a random one, so that the AES step runs in any case. Whether the RSA part
 * or the tag was wrong then shows neither in the result nor in the steps taken: an answer to that question is what
 * attacks on OAEP feed on (Manger 2001). Keys of 16 and 24 bytes, which Go's library would take, are refused: nothing
 * ever wrote one.
 */
function sessionKey(unwrapped: Uint8Array<ArrayBuffer> | undefined): Uint8Array<ArrayBuffer> {
  return unwrapped?.length === SESSION_KEY_LENGTH ? unwrapped : randomBytes(SESSION_KEY_LENGTH)
}

function inOrder(keys: ReadonlyMap<string, OpeningKey>, hint: readonly string[]): readonly OpeningKey[] {
  const hinted = hint.flatMap((fingerprint) => keys.get(fingerprint) ?? [])
  return [...new Set([...hinted, ...keys.values()])]
}
