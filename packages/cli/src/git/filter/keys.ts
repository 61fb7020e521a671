/** The key that a filter works with. */
import { type KeyEntry, type KeyFile, kindOfBlob, parseKeyFile } from '@waxseal/core/git-crypt'
import type { Env } from '../../context.ts'
import { CliError, within } from '../../messages.ts'
import { readKeyBytes } from '../keys/file.ts'
import { fileNameOf, installedKey, retiredEntries } from '../keys/installed.ts'
import { type Folders, findFolders } from '../repo/folders.ts'

export interface FilterKey {
  readonly key: KeyFile
  /** Entries that it replaced: they open history, and nothing new is encrypted with them. */
  readonly former: readonly KeyEntry[]
}

export interface KeyChoice {
  readonly name: string | undefined
  /** A key file in place of an installed key. */
  readonly file: string | undefined
}

/** The key, or undefined where there is none installed. Throws CliError for one that is damaged. */
export function filterKey(choice: KeyChoice, cwd: string, env: Env): FilterKey | undefined {
  if (choice.file !== undefined) {
    const key = keyFromFile(choice.file)
    return { key, former: [] }
  }
  const folders: Folders = findFolders(cwd, env)
  const key = installedKey(folders, choice.name)
  return key === undefined ? undefined : { key, former: retiredEntries(folders, choice.name) }
}

/** All that may open a blob. */
export const openingEntries = ({ key, former }: FilterKey): readonly KeyEntry[] => [...key.entries, ...former]

export function keyFromFile(path: string): KeyFile {
  const bytes = readKeyBytes(path)
  try {
    return parseKeyFile(bytes)
  } catch (error) {
    throw within(path, error)
  }
}

export function noKey(name: string | undefined): CliError {
  const key = name === undefined ? 'no key' : `no key "${fileNameOf(name)}"`
  return new CliError(`this clone has ${key}: it is locked`, { hint: 'waxseal git unlock gives it one' })
}

/** Ciphertext may pass a locked clone in both directions; nothing else may be staged in one. */
export const looksEncrypted = (head: Uint8Array): boolean => kindOfBlob(head) === 'encrypted'
