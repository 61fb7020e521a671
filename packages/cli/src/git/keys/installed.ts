/** The keys of an unlocked clone: `git-crypt/keys/NAME` in the work tree's own git folder, where git-crypt looks, or in the shared one. */
import { dirname, join } from 'node:path'
import { DEFAULT_KEY, type KeyEntry, type KeyFile, parseKeyFile, writeKeyFile } from '@waxseal/core/git-crypt'
import { fs } from '../../io/platform.ts'
import { CliError, errorCode, systemReason } from '../../messages.ts'
import type { Folders } from '../repo/folders.ts'
import { readKeyBytes, replaceKeyBytes } from './file.ts'
import { makeFolder } from './folder.ts'

const KEYS = join('git-crypt', 'keys')
/** Keys that `rotate-key` replaced, for opening history; no file is ever encrypted with them. */
const RETIRED = join('git-crypt', 'retired-keys')

export const fileNameOf = (name: string | undefined): string => name ?? DEFAULT_KEY

/** The installed key; undefined in a locked clone. Throws CliError naming the file where it is damaged. */
export function installedKey(folders: Folders, name: string | undefined): KeyFile | undefined {
  const path = installedPaths(folders, name)[0]
  if (path === undefined) return undefined
  const key = readKey(path)
  if (key.name !== name) {
    throw new CliError(`${path}: holds the key "${fileNameOf(key.name)}", not "${fileNameOf(name)}"`)
  }
  return key
}

/** Where copies of the key are: the work tree's own first. */
export function installedPaths(folders: Folders, name: string | undefined): readonly string[] {
  return keyFolders(folders)
    .map((folder) => join(folder, fileNameOf(name)))
    .filter((path) => fs.statSync(path, { throwIfNoEntry: false })?.isFile())
}

/** Names of all installed keys, the default key (undefined) first. */
export function installedNames(folders: Folders): readonly (string | undefined)[] {
  const names = new Set(keyFolders(folders).flatMap(listing))
  return [...names].toSorted().map((name) => (name === DEFAULT_KEY ? undefined : name))
}

/**
 * Installs a key for all work trees. An own copy of this work tree, as git-crypt makes in linked ones, is replaced too, or it would
 * hide the new one.
 */
export function installKey(folders: Folders, key: KeyFile): void {
  const name = fileNameOf(key.name)
  const paths = new Set([join(folders.commonDir, KEYS, name), ...installedPaths(folders, key.name)])
  for (const path of paths) {
    makeFolder(dirname(path))
    replaceKeyBytes(path, writeKeyFile(key))
  }
}

/** Removes a key, its copies and what it replaced. What is gone already is no error. */
export function removeKey(folders: Folders, name: string | undefined): void {
  for (const path of installedPaths(folders, name)) attempt(path, () => fs.unlinkSync(path))
  const retired = retiredFolder(folders, name)
  attempt(retired, () => fs.rmSync(retired, { recursive: true, force: true }))
}

/** Entries that open history only. A damaged file among them is passed over: it must not keep the present key from working. */
export function retiredEntries(folders: Folders, name: string | undefined): readonly KeyEntry[] {
  const folder = retiredFolder(folders, name)
  return listing(folder).flatMap((file) => {
    try {
      return readKey(join(folder, file)).entries
    } catch {
      return []
    }
  })
}

export function retireKey(folders: Folders, key: KeyFile): void {
  const folder = retiredFolder(folders, key.name)
  makeFolder(folder)
  replaceKeyBytes(join(folder, `${listing(folder).length + 1}`), writeKeyFile(key))
}

const retiredFolder = ({ commonDir }: Folders, name: string | undefined): string =>
  join(commonDir, RETIRED, fileNameOf(name))

const keyFolders = ({ gitDir, commonDir }: Folders): readonly string[] => [
  ...new Set([join(gitDir, KEYS), join(commonDir, KEYS)]),
]

function readKey(path: string): KeyFile {
  const bytes = readKeyBytes(path)
  try {
    return parseKeyFile(bytes)
  } catch (error) {
    throw new CliError(`${path}: ${error instanceof Error ? error.message : 'unusable'}`, {
      hint: 'remove the file and unlock again',
      cause: error,
    })
  }
}

function listing(folder: string): readonly string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .toSorted()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw new CliError(`${folder}: ${systemReason(error)}`, { cause: error })
  }
}

function attempt(path: string, work: () => unknown): void {
  try {
    work()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}
