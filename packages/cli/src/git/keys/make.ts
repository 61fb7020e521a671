import { ENTRY_LENGTH, entryFrom, type KeyFile, keyFile } from '@waxseal/core/git-crypt'
import { nodeCrypto } from '../../io/platform.ts'

/** A new random key of version 0, the only one that git-crypt decrypts with. */
export function makeKey(name: string | undefined): KeyFile {
  return keyFile(name, [entryFrom(nodeCrypto().randomBytes(ENTRY_LENGTH))])
}
