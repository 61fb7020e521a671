/** openpgp.js, loaded for --openpgp-key only: reading it takes longer than most commands altogether. */
import type { PrivateKey, PublicKey } from 'openpgp'
import { CliError } from '../messages.ts'

/** What `--openpgp-key` files may weigh. */
export const MAX_KEYRING: number = 4 * 1024 * 1024

export type OpenPgp = typeof import('openpgp')
export type { PrivateKey, PublicKey } from 'openpgp'

export const loadOpenPgp = (): Promise<OpenPgp> => import('openpgp')

const decode = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)
const isArmored = (bytes: Uint8Array): boolean => decode(bytes.subarray(0, 1024)).includes('-----BEGIN PGP')

/** All private keys of a file, armored or binary. CliError when there is none. */
export async function privateKeysIn(openpgp: OpenPgp, path: string, bytes: Uint8Array): Promise<readonly PrivateKey[]> {
  return parsed(path, 'private', () =>
    isArmored(bytes)
      ? openpgp.readPrivateKeys({ armoredKeys: decode(bytes) })
      : openpgp.readPrivateKeys({ binaryKeys: bytes }),
  )
}

/** All keys of a file that can be encrypted to; of private ones their public part. */
export async function publicKeysIn(openpgp: OpenPgp, path: string, bytes: Uint8Array): Promise<readonly PublicKey[]> {
  const keys = await parsed(path, 'public', () =>
    isArmored(bytes) ? openpgp.readKeys({ armoredKeys: decode(bytes) }) : openpgp.readKeys({ binaryKeys: bytes }),
  )
  return keys.map((key) => (key.isPrivate() ? key.toPublic() : key))
}

async function parsed<T>(path: string, kind: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    const keys = await read()
    if (keys.length > 0) return keys
  } catch (error) {
    throw new CliError(`${path}: no ${kind} OpenPGP key in this file`, { cause: error, hint: exportHint(kind) })
  }
  throw new CliError(`${path}: no ${kind} OpenPGP key in this file`, { hint: exportHint(kind) })
}

const exportHint = (kind: string): string =>
  kind === 'private' ? 'gpg --armor --export-secret-keys USER prints one' : 'gpg --armor --export USER prints one'

/** A binary message that each of the keys opens. */
export async function encryptBytes(
  openpgp: OpenPgp,
  keys: readonly PublicKey[],
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const message = await openpgp.createMessage({ binary: plaintext })
  return asBytes(await openpgp.encrypt({ message, encryptionKeys: [...keys], format: 'binary' }))
}

/** A binary message that the passphrase opens. */
export async function encryptWithPassphrase(
  openpgp: OpenPgp,
  passphrase: string,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const message = await openpgp.createMessage({ binary: plaintext })
  return asBytes(await openpgp.encrypt({ message, passwords: passphrase, format: 'binary' }))
}

/** Whether a passphrase opens a message, not (only) private keys. Throws openpgp.js's errors for what is no message. */
export async function isForPassphrase(openpgp: OpenPgp, encrypted: Uint8Array): Promise<boolean> {
  return (await readMessage(openpgp, encrypted)).getEncryptionKeyIDs().length === 0
}

/** Throws openpgp.js's errors, also for a wrong passphrase. */
export async function decryptWithPassphrase(
  openpgp: OpenPgp,
  passphrase: string,
  encrypted: Uint8Array,
): Promise<Uint8Array> {
  const message = await readMessage(openpgp, encrypted)
  const result: { readonly data: unknown } = await openpgp.decrypt({ message, passwords: passphrase, format: 'binary' })
  return asBytes(result.data)
}

const readMessage = (openpgp: OpenPgp, encrypted: Uint8Array) =>
  isArmored(encrypted)
    ? openpgp.readMessage({ armoredMessage: decode(encrypted) })
    : openpgp.readMessage({ binaryMessage: encrypted })

/** Throws openpgp.js's errors, also for a message without integrity protection. */
export async function decryptBytes(openpgp: OpenPgp, key: PrivateKey, encrypted: Uint8Array): Promise<Uint8Array> {
  const message = await readMessage(openpgp, encrypted)
  const result: { readonly data: unknown } = await openpgp.decrypt({ message, decryptionKeys: key, format: 'binary' })
  return asBytes(result.data)
}

/** Streams in, streams out; here only bytes go in. */
function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError('openpgp.js gave no bytes')
}
