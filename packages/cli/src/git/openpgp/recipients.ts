/** Whom a key is given to: users of the gpg key ring, or public keys from files. */
import { CliError, UsageError } from '../../messages.ts'
import type { Repository } from '../repo/repository.ts'
import { type Gpg, type PublicKey as GpgKey, gpgOf } from './gpg.ts'
import { encryptBytes, loadOpenPgp, type OpenPgp, type PublicKey, publicKeysIn } from './package.ts'
import { readKeyring } from './unlock.ts'

export interface Recipient {
  /** 40 upper-case hex digits, of the primary key. */
  readonly fingerprint: string
  readonly uid: string
  encrypt(plaintext: Uint8Array): Promise<Uint8Array>
}

/** Resolves gpg user ids. CliError for one that nobody, or more than one key, answers to, or that nothing can be encrypted to. */
export function gpgRecipients(
  repository: Repository,
  users: readonly string[],
  isTrusted: boolean,
): readonly Recipient[] {
  const gpg = gpgOf(repository)
  return users.map((user) => {
    const { fingerprint, uid } = theOneKey(gpg, user)
    return { fingerprint, uid, encrypt: (plaintext) => Promise.resolve(gpg.encrypt(fingerprint, plaintext, isTrusted)) }
  })
}

function theOneKey(gpg: Gpg, user: string): GpgKey {
  if (user === '') throw new UsageError('an empty user')
  const found = gpg.publicKeys(user)
  const [first, second] = found
  if (first === undefined) {
    throw new CliError(`no GPG key found for ${user}`, {
      hint: 'gpg --import FILE, or gpg --locate-keys ADDRESS, gets one',
    })
  }
  if (second !== undefined) {
    const list = found.map(({ fingerprint }) => fingerprint).join(', ')
    throw new CliError(`more than one GPG key matches ${user}`, { hint: `name one by its fingerprint: ${list}` })
  }
  if (first.unusable !== undefined) throw unusable(user, first.unusable)
  return first
}

/** Public keys from files: whoever names the file vouches for it. CliError for a key that nothing can be encrypted to, with the reason. */
export async function fileRecipients(paths: readonly string[]): Promise<readonly Recipient[]> {
  if (paths.length === 0) return []
  const openpgp = await loadOpenPgp()
  const recipients: Recipient[] = []
  for (const path of paths) {
    for (const key of await publicKeysIn(openpgp, path, readKeyring(path))) {
      recipients.push(await recipientOf(openpgp, path, key))
    }
  }
  return recipients
}

async function recipientOf(openpgp: OpenPgp, path: string, key: PublicKey): Promise<Recipient> {
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
  return {
    fingerprint,
    uid: key.getUserIDs()[0] ?? '',
    encrypt: (plaintext) => encryptBytes(openpgp, key, plaintext),
  }
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
