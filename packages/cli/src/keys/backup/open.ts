/** Reads a backup: an OpenPGP message for a key or a passphrase, or plain text. */
import type { Context } from '../../context.ts'
import type { Flags, FlagTable } from '../../flags.ts'
import { CliError } from '../../messages.ts'
import { gpgFor } from '../../openpgp/gpg.ts'
import {
  decryptBytes,
  decryptWithPassphrase,
  isForPassphrase,
  loadOpenPgp,
  MAX_KEYRING,
  type OpenPgp,
  privateKeysIn,
} from '../../openpgp/package.ts'
import { PASSPHRASE_FLAGS, passphraseFor } from '../../openpgp/passphrase.ts'
import type { StoredKey } from '../store/store.ts'
import { keysInBackup } from './manifest.ts'

export const DECRYPTION_FLAGS: FlagTable = { ...PASSPHRASE_FLAGS, 'openpgp-key': { type: 'string' } }

const LIMIT = 64 * 1024 * 1024

/** The keys in the file. Throws CliError that names the file and never what is in it. */
export async function openBackup(context: Context, path: string, flags: Flags): Promise<readonly StoredKey[]> {
  const bytes = context.files.read(path, LIMIT)
  if (isPlain(bytes)) {
    context.stderr.write(`warning: ${path} is not encrypted: whoever can read it can open every secret\n`)
    return keysInBackup(new TextDecoder().decode(bytes), path)
  }
  const plaintext = await decrypt(context, path, bytes, flags)
  return keysInBackup(new TextDecoder().decode(plaintext), path)
}

/** A binary OpenPGP message begins with a byte above 127, an armored one says so. */
function isPlain(bytes: Uint8Array): boolean {
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 64))
  return (bytes[0] ?? 0) < 0x80 && !beginning.includes('-----BEGIN PGP')
}

async function decrypt(context: Context, path: string, bytes: Uint8Array, flags: Flags): Promise<Uint8Array> {
  const openpgp = await loadOpenPgp()
  const keyFile = flags.string('openpgp-key')
  if (keyFile !== undefined) return withKeyFile(context, openpgp, { path, bytes, keyFile }, flags)
  if (!(await forPassphrase(openpgp, path, bytes))) return gpgFor('gpg', process.cwd()).decrypt(path)
  const passphrase = passphraseFor(path, context, flags)
  try {
    return await decryptWithPassphrase(openpgp, passphrase, bytes)
  } catch (cause) {
    throw new CliError(`${path}: a wrong passphrase, or the file is damaged`, { cause })
  }
}

async function forPassphrase(openpgp: OpenPgp, path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return await isForPassphrase(openpgp, bytes)
  } catch (cause) {
    throw new CliError(`${path}: no OpenPGP message, or a damaged one`, { cause })
  }
}

interface Opening {
  readonly path: string
  readonly bytes: Uint8Array
  readonly keyFile: string
}

async function withKeyFile(
  context: Context,
  openpgp: OpenPgp,
  { path, bytes, keyFile }: Opening,
  flags: Flags,
): Promise<Uint8Array> {
  const keys = await privateKeysIn(openpgp, keyFile, context.files.read(keyFile, MAX_KEYRING))
  let passphrase: string | undefined
  for (const key of keys) {
    const isLocked = !key.isDecrypted()
    if (isLocked) passphrase ??= passphraseFor(`the private key in ${keyFile}`, context, flags)
    try {
      const unlocked = isLocked ? await openpgp.decryptKey({ privateKey: key, passphrase: passphrase ?? '' }) : key
      return await decryptBytes(openpgp, unlocked, bytes)
    } catch {
      // The next key of the file may be the right one.
    }
  }
  throw new CliError(`${path}: no key in ${keyFile} opens it`, {
    hint: 'it is encrypted to somebody else, the passphrase is wrong, or the file is damaged',
  })
}
