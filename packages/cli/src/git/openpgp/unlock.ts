/** `unlock` without a key file: with the user's gpg, or with a private key from a file. */

import { readFileSync } from 'node:fs'
import type { KeyFile } from '@waxseal/core/git-crypt'
import type { Flags } from '../../flags.ts'
import { CliError, systemReason } from '../../messages.ts'
import {
  decryptBytes,
  loadOpenPgp,
  MAX_KEYRING,
  type OpenPgp,
  type PrivateKey,
  privateKeysIn,
} from '../../openpgp/package.ts'
import { passphraseFor } from '../../openpgp/passphrase.ts'
import { type SharedKey, sharedKeys } from '../keys/shared.ts'
import type { Repository } from '../repo/repository.ts'
import type { Tools } from '../tools.ts'
import { type Opener, openCopies } from './candidates.ts'
import { gpgOf } from './repository-gpg.ts'

/** Every key of the repository that this user can open. CliError when there is none, with the reasons. */
export async function keysForUser(tools: Tools, repository: Repository, flags: Flags): Promise<readonly KeyFile[]> {
  const copies = sharedKeys(repository)
  if (copies.length === 0) {
    throw new CliError('this repository has no keys for GPG users, so a key file is needed', {
      hint: 'waxseal git unlock KEYFILE, with a file that waxseal git export-key wrote',
    })
  }
  const path = flags.string('openpgp-key')
  return path === undefined ? withGpg(tools, repository, copies) : withFile(tools, path, copies, flags)
}

function withGpg(
  { context }: Tools,
  repository: Repository,
  copies: readonly SharedKey[],
): Promise<readonly KeyFile[]> {
  const gpg = gpgOf(repository)
  const mine = gpg.secretFingerprints()
  const forMe = copies.filter(({ fingerprint }) => mine.has(fingerprint))
  if (forMe.length === 0) throw notForMe('none of your GPG secret keys')
  return openCopies(forMe, ({ path }) => Promise.resolve(gpg.decrypt(path)), context)
}

async function withFile(
  { context }: Tools,
  path: string,
  copies: readonly SharedKey[],
  flags: Flags,
): Promise<readonly KeyFile[]> {
  const openpgp = await loadOpenPgp()
  const keys = await privateKeysIn(openpgp, path, readKeyring(path))
  const mine = new Set(keys.map((key) => key.getFingerprint().toUpperCase()))
  const forMe = copies.filter(({ fingerprint }) => mine.has(fingerprint))
  if (forMe.length === 0) throw notForMe(`no key in ${path}`)
  return openCopies(
    forMe,
    opener(openpgp, keys, (what) => passphraseFor(what, context, flags)),
    context,
  )
}

/** Asks for the passphrase of each key at most once. */
function opener(openpgp: OpenPgp, keys: readonly PrivateKey[], ask: (what: string) => string): Opener {
  const unlocked = new Map<string, PrivateKey>()
  return async ({ fingerprint, path }) => {
    const locked = keys.find((key) => key.getFingerprint().toUpperCase() === fingerprint)
    if (locked === undefined) throw new CliError('is not for this key')
    const key = unlocked.get(fingerprint) ?? (await unlockKey(openpgp, locked, ask))
    unlocked.set(fingerprint, key)
    try {
      return await decryptBytes(openpgp, key, readKeyring(path))
    } catch (error) {
      throw new CliError('damaged, or not encrypted to this key', { cause: error })
    }
  }
}

async function unlockKey(openpgp: OpenPgp, key: PrivateKey, ask: (what: string) => string): Promise<PrivateKey> {
  if (key.isDecrypted()) return key
  const passphrase = ask(`the private key ${key.getFingerprint().toUpperCase()}`)
  try {
    return await openpgp.decryptKey({ privateKey: key, passphrase })
  } catch (error) {
    throw new CliError('wrong passphrase of the private key', { cause: error })
  }
}

function notForMe(whose: string): CliError {
  return new CliError(`this repository's keys are for other users: ${whose} is among theirs`, {
    hint: 'waxseal git ls-gpg-users lists them; one of them can add you with add-gpg-user',
  })
}

export function readKeyring(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > MAX_KEYRING) throw new CliError(`${path}: too large for an OpenPGP key`)
    return bytes
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}
