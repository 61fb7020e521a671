/** What git's index remembers of files' sizes and times, by which it takes them for changed or not without looking inside. */
import type { IndexEntry } from './files.ts'
import type { Git } from './git.ts'
import { pathBytes } from './raw-path.ts'

/**
 * Has the index forget it, for these entries. A file that changes between ciphertext and plaintext changes its size, and git would take it
 * for modified by that alone; now it compares what it would stage.
 */
export function forgetStats(git: Git, entries: readonly IndexEntry[]): void {
  const records = entries.map(({ mode, oid, path }) =>
    Buffer.concat([Buffer.from(`${mode} ${oid}\t`), pathBytes(path), Buffer.from('\0')]),
  )
  if (records.length > 0) git.run(['update-index', '-z', '--index-info'], { input: Buffer.concat(records) })
}

/** Notes them anew for all files that are as they are staged. `settings`: of git, in front of the command. */
export function refreshStats(git: Git, settings: readonly string[]): void {
  // Exit code 1 says that some file has changes, which is none of this one's business.
  git.attempt([...settings, 'update-index', '-q', '--refresh'])
}
