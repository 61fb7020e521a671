/**
 * A note of the files that are being rewritten. git removes a file before it writes the new one, so that whatever ends it in between leaves
 * a gap; by this note the next run knows such a gap from a file that somebody deleted.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Folders } from './folders.ts'
import { joinNul, type RawPath, splitNul } from './raw-path.ts'

const notePath = ({ gitDir }: Folders): string => join(gitDir, 'git-crypt', 'unfinished')

/** What an interrupted run was about to rewrite in this work tree. */
export function unfinishedFiles(folders: Folders): ReadonlySet<RawPath> {
  try {
    return new Set(splitNul(readFileSync(notePath(folders))))
  } catch {
    return new Set()
  }
}

export function noteUnfinished(folders: Folders, paths: readonly RawPath[]): void {
  const path = notePath(folders)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, joinNul([...new Set([...unfinishedFiles(folders), ...paths])]))
}

export function forgetUnfinished(folders: Folders): void {
  rmSync(notePath(folders), { force: true })
}
