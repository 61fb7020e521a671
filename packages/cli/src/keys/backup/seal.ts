/** Encrypts a backup as one OpenPGP message. */

import { equalBytes } from '@waxseal/core'
import type { Context } from '../../context.ts'
import type { Flags, FlagTable } from '../../flags.ts'
import { CliError, UsageError } from '../../messages.ts'
import { gpgFor } from '../../openpgp/gpg.ts'
import {
  decryptWithPassphrase,
  encryptBytes,
  encryptWithPassphrase,
  loadOpenPgp,
  MAX_KEYRING,
  type OpenPgp,
} from '../../openpgp/package.ts'
import { PASSPHRASE_FLAGS, passphraseFor } from '../../openpgp/passphrase.ts'
import { type UsableKey, usableKeysIn } from '../../openpgp/recipients.ts'

export const ENCRYPTION_FLAGS: FlagTable = {
  ...PASSPHRASE_FLAGS,
  recipient: { type: 'array', letter: 'r' },
  trusted: { type: 'bool' },
}

export interface Encryption {
  /** For people: whom it is for. */
  readonly title: string
  encrypt(plaintext: Uint8Array): Promise<Uint8Array>
}

/** To the recipients, all of them in one message, else with a passphrase. Everything is checked before the keys are read. */
export async function encryptionOf(context: Context, flags: Flags): Promise<Encryption> {
  const openpgp = await loadOpenPgp()
  const recipients = flags.list('recipient')
  if (recipients.length > 0) {
    if (flags.given('passphrase-file')) throw new UsageError('--recipient and --passphrase-file exclude each other')
    const keys = await publicKeys(context, openpgp, recipients, flags.bool('trusted'))
    const title = keys.map(({ fingerprint, uid }) => `${fingerprint} ${uid}`).join(', ')
    return {
      title,
      encrypt: (plaintext) =>
        encryptBytes(
          openpgp,
          keys.map(({ key }) => key),
          plaintext,
        ),
    }
  }
  const passphrase = passphraseFor('the backup', context, flags)
  if (passphrase === '') throw new CliError('an empty passphrase protects nothing')
  return {
    title: 'a passphrase',
    async encrypt(plaintext) {
      const bytes = await encryptWithPassphrase(openpgp, passphrase, plaintext)
      // What only the passphrase at hand opens can be proven to open; for recipients verify-backup does that, with their key.
      if (equalBytes(await decryptWithPassphrase(openpgp, passphrase, bytes), plaintext)) return bytes
      throw new CliError('the backup does not open with its passphrase', { hint: 'nothing was written: try again' })
    },
  }
}

async function publicKeys(
  context: Context,
  openpgp: OpenPgp,
  recipients: readonly string[],
  isTrusted: boolean,
): Promise<readonly UsableKey[]> {
  const keys: UsableKey[] = []
  for (const recipient of recipients) {
    const bytes = context.files.exists(recipient)
      ? context.files.read(recipient, MAX_KEYRING)
      : fromGpg(recipient, isTrusted)
    keys.push(...(await usableKeysIn(openpgp, recipient, bytes)))
  }
  return [...new Map(keys.map((key) => [key.fingerprint, key])).values()]
}

/** Whoever names a file vouches for it; a name finds whatever is in the key ring, so that the person's trust counts there. */
function fromGpg(user: string, isTrusted: boolean): Uint8Array {
  const gpg = gpgFor('gpg', process.cwd())
  const found = gpg.publicKeys(user)
  const [first, second] = found
  if (first === undefined) {
    throw new CliError(`${user} is neither a file nor a GPG user`, { hint: 'gpg --list-keys shows whom gpg knows' })
  }
  if (second !== undefined) {
    const list = found.map(({ fingerprint }) => fingerprint).join(', ')
    throw new CliError(`more than one GPG key matches ${user}`, { hint: `name one by its fingerprint: ${list}` })
  }
  if (first.unusable !== undefined) throw new CliError(`${user}: the key ${first.unusable}`)
  if (!first.isTrusted && !isTrusted) {
    throw new CliError(`${user}: nothing says that the key ${first.fingerprint} belongs to ${first.uid}`, {
      hint: '--trusted encrypts to it all the same, if you have checked the fingerprint',
    })
  }
  return gpg.exported(first.fingerprint)
}
