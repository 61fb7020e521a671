/** A note beside a new key that nobody else has it yet: locking would be the end of everything encrypted with it. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Folders } from '../repo/folders.ts'
import { fileNameOf } from './installed.ts'

const folderOf = ({ commonDir }: Folders): string => join(commonDir, 'git-crypt', 'only-copy')
const noteOf = (folders: Folders, name: string | undefined): string => join(folderOf(folders), fileNameOf(name))

export function noteOnlyCopy(folders: Folders, name: string | undefined): void {
  mkdirSync(folderOf(folders), { recursive: true, mode: 0o700 })
  closeSync(openSync(noteOf(folders, name), 'w', 0o600))
}

/** The key was exported, or given to a user. */
export function forgetOnlyCopy(folders: Folders, name: string | undefined): void {
  rmSync(noteOf(folders, name), { force: true })
}

export const isOnlyCopy = (folders: Folders, name: string | undefined): boolean => existsSync(noteOf(folders, name))
