/** The keys that a repository carries for its GPG users: `.git-crypt/keys/NAME/VERSION/FINGERPRINT.gpg`. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { checkKeyName, DEFAULT_KEY } from '@waxseal/core/git-crypt'
import { CliError, errorCode, systemReason } from '../../messages.ts'
import { type Repository, setting } from '../repo/repository.ts'
import { committed } from './commit.ts'
import { fileNameOf } from './installed.ts'

/** git-crypt reads and writes this version only. */
const VERSION = '0'

export interface SharedKey {
  /** Of the key; undefined for the default one. */
  readonly name: string | undefined
  /** 40 upper-case hex digits, of the user's primary key. */
  readonly fingerprint: string
  readonly path: string
}

/** `.git-crypt` at the top, unless the setting `git-crypt.repoStateDir` names another folder. */
export function stateFolder({ git, top }: Repository): string {
  return join(top, setting(git, 'git-crypt.repoStateDir') || '.git-crypt')
}

export function sharedKeyPath(repository: Repository, name: string | undefined, fingerprint: string): string {
  return join(stateFolder(repository), 'keys', fileNameOf(name), VERSION, `${fingerprint}.gpg`)
}

/** All of them, the default key's first; with `name`, those of one key. */
export function sharedKeys(repository: Repository, only?: { readonly name: string | undefined }): readonly SharedKey[] {
  const folder = join(stateFolder(repository), 'keys')
  const names = listing(folder)
    .flatMap(keyNameOf)
    .filter(({ name }) => only === undefined || only.name === name)
  return names.flatMap(({ name }) => {
    const place = join(folder, fileNameOf(name), VERSION)
    return listing(place).flatMap((file) => {
      const fingerprint = fingerprintIn(file)
      return fingerprint === undefined ? [] : [{ name, fingerprint, path: join(place, file) }]
    })
  })
}

/** Copies of one key that are in the last commit, and no more in the work tree: their removal was not committed. */
export function removedKeys(repository: Repository, name: string | undefined): readonly SharedKey[] {
  const place = join(stateFolder(repository), 'keys', fileNameOf(name), VERSION)
  return committed(repository.git, relative(repository.top, place).replaceAll('\\', '/')).flatMap((file) => {
    const path = join(repository.top, file)
    const fingerprint = fingerprintIn(basename(file))
    return fingerprint === undefined || existsSync(path) ? [] : [{ name, fingerprint, path }]
  })
}

const fingerprintIn = (file: string): string | undefined => /^([0-9A-Fa-f]{40})\.gpg$/.exec(file)?.[1]?.toUpperCase()

function keyNameOf(folder: string): { readonly name: string | undefined }[] {
  if (folder === DEFAULT_KEY) return [{ name: undefined }]
  try {
    return [{ name: checkKeyName(folder) }]
  } catch {
    return []
  }
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw new CliError(`${folder}: ${systemReason(error)}`, { cause: error })
  }
}
