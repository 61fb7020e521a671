/** openpgp.js, loaded for --openpgp-key only: reading it takes longer than most commands altogether. */
import type { PrivateKey, PublicKey } from 'openpgp'
import { CliError } from '../../messages.ts'

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

/** A binary message to one key. */
export async function encryptBytes(openpgp: OpenPgp, key: PublicKey, plaintext: Uint8Array): Promise<Uint8Array> {
  const message = await openpgp.createMessage({ binary: plaintext })
  return asBytes(await openpgp.encrypt({ message, encryptionKeys: key, format: 'binary' }))
}

/** Throws openpgp.js's errors, also for a message without integrity protection. */
export async function decryptBytes(openpgp: OpenPgp, key: PrivateKey, encrypted: Uint8Array): Promise<Uint8Array> {
  const message = await openpgp.readMessage({ binaryMessage: encrypted })
  const result: { readonly data: unknown } = await openpgp.decrypt({ message, decryptionKeys: key, format: 'binary' })
  return asBytes(result.data)
}

/** Streams in, streams out; here only bytes go in. */
function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError('openpgp.js gave no bytes')
}
