/** Public keys from files that something can be encrypted to. */
import { CliError } from '../messages.ts'
import { type OpenPgp, type PublicKey, publicKeysIn } from './package.ts'

export interface UsableKey {
  /** 40 upper-case hex digits, of the primary key. */
  readonly fingerprint: string
  readonly uid: string
  readonly key: PublicKey
}

/** All keys of a file. CliError with the reason for one that nothing can be encrypted to. `path`: for messages. */
export async function usableKeysIn(openpgp: OpenPgp, path: string, bytes: Uint8Array): Promise<readonly UsableKey[]> {
  const usable: UsableKey[] = []
  for (const key of await publicKeysIn(openpgp, path, bytes)) usable.push(await checked(path, key))
  return usable
}

async function checked(path: string, key: PublicKey): Promise<UsableKey> {
  const fingerprint = key.getFingerprint().toUpperCase()
  if (!/^[0-9A-F]{40}$/.test(fingerprint)) throw unusable(path, 'is of a version that git-crypt and gpg do not know')
  if (await isRevoked(key)) throw unusable(path, 'is revoked')
  const expiry = await key.getExpirationTime().catch(() => null)
  if (expiry instanceof Date && expiry.getTime() < Date.now())
    throw unusable(path, `has expired on ${expiry.toISOString().slice(0, 10)}`)
  try {
    await key.getEncryptionKey()
  } catch (error) {
    throw unusable(path, 'has no key for encryption', error)
  }
  return { fingerprint, uid: key.getUserIDs()[0] ?? '', key }
}

/** A revocation that cannot be checked counts. */
async function isRevoked(key: PublicKey): Promise<boolean> {
  try {
    return await key.isRevoked()
  } catch {
    return true
  }
}

const unusable = (who: string, why: string, cause?: unknown): CliError =>
  new CliError(`${who}: the key ${why}`, { cause })
