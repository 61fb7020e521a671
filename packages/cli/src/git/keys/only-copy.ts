/** A note beside a new key that nobody else has it yet: locking would be the end of everything encrypted with it. */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CliError, systemReason } from '../../messages.ts'
import type { Folders } from '../repo/folders.ts'
import { makeFolder } from './folder.ts'
import { fileNameOf } from './installed.ts'

const folderOf = ({ commonDir }: Folders): string => join(commonDir, 'git-crypt', 'only-copy')
const noteOf = (folders: Folders, name: string | undefined): string => join(folderOf(folders), fileNameOf(name))

export function noteOnlyCopy(folders: Folders, name: string | undefined): void {
  makeFolder(folderOf(folders))
  const path = noteOf(folders, name)
  attempt(path, () => closeSync(openSync(path, 'w', 0o600)))
}

/** The key was exported, or given to a user. */
export function forgetOnlyCopy(folders: Folders, name: string | undefined): void {
  const path = noteOf(folders, name)
  if (existsSync(path)) attempt(path, () => rmSync(path, { force: true }))
}

function attempt(path: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}

export const isOnlyCopy = (folders: Folders, name: string | undefined): boolean => existsSync(noteOf(folders, name))
