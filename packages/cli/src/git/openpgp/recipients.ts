/** Whom a key is given to: users of the gpg key ring, or public keys from files. */
import { CliError, UsageError } from '../../messages.ts'
import type { Gpg, PublicKey as GpgKey } from '../../openpgp/gpg.ts'
import { encryptBytes, loadOpenPgp } from '../../openpgp/package.ts'
import { usableKeysIn } from '../../openpgp/recipients.ts'
import type { Repository } from '../repo/repository.ts'
import { gpgOf } from './repository-gpg.ts'
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
  const keys = await Promise.all(paths.map((path) => usableKeysIn(openpgp, path, readKeyring(path))))
  return keys.flat().map(({ fingerprint, uid, key }) => {
    return { fingerprint, uid, encrypt: (plaintext) => encryptBytes(openpgp, [key], plaintext) }
  })
}

const unusable = (who: string, why: string): CliError => new CliError(`${who}: the key ${why}`)
