/** git's merge driver: merges what is inside, with conflict markers, and encrypts the result. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encryptBlob, type KeyEntry, kindOfBlob, openBlob } from '@waxseal/core/git-crypt'
import { CliError, within } from '../../messages.ts'
import { ciphers } from '../ciphers.ts'
import { type FilterKey, filterKey, noKey, openingEntries } from '../filter/keys.ts'
import { DIFF_FLAGS, expectArguments, keyChoice, keyName } from '../options.ts'
import { findFolders } from '../repo/folders.ts'
import { gitFailure } from '../repo/git.ts'
import { visible } from '../repo/raw-path.ts'
import type { GitCommand, Tools } from '../tools.ts'

/** Called with %O %A %B %L %P: base, ours and result, theirs, marker size, name. git's blobs, so encrypted. */
export const merge: GitCommand = {
  flags: DIFF_FLAGS,
  run(tools, flags) {
    const [base = '', ours = '', theirs = '', size = '', path = ''] = expectArguments(
      flags,
      'BASE',
      'OURS',
      'THEIRS',
      'SIZE',
      'PATH',
    )
    const key = filterKey(keyChoice(flags), tools.git.cwd, tools.context.env)
    try {
      if (key === undefined) throw noKey(keyName(flags))
      const merged = mergeFiles(tools, key, { base, ours, theirs, size })
      writeFileSync(ours, encryptBlob(ciphers, key.key.entries[0], merged.content))
      if (merged.hasConflict) throw new CliError('merge conflict')
    } catch (error) {
      throw within(visible(path), error)
    }
  },
}

interface Sides {
  readonly base: string
  readonly ours: string
  readonly theirs: string
  readonly size: string
}

function mergeFiles({ git, context }: Tools, key: FilterKey, sides: Sides): { content: Buffer; hasConflict: boolean } {
  const folder = mkdtempSync(join(privateFolder(git.cwd, context.env), 'merge-'))
  try {
    const paths = [sides.ours, sides.base, sides.theirs].map((path, index) => {
      const copy = join(folder, ['ours', 'base', 'theirs'][index] ?? '')
      writeFileSync(copy, plaintext(openingEntries(key), path), { mode: 0o600 })
      return copy
    })
    const labels = ['-L', 'ours', '-L', 'base', '-L', 'theirs']
    const args = ['merge-file', '-q', '-p', `--marker-size=${sides.size}`, ...labels, ...paths]
    const outcome = git.attempt(args)
    // The number of conflicts, or an error from 128 on; binary files are an error too, at 255.
    if (outcome.status >= 128) throw gitFailure(args, outcome)
    return { content: outcome.stdout, hasConflict: outcome.status > 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What was committed as plain text merges as it is; a base that is not there is empty. */
function plaintext(entries: readonly KeyEntry[], path: string): Uint8Array {
  const blob = readFileSync(path)
  return kindOfBlob(blob) === 'not-encrypted' ? blob : openBlob(ciphers, entries, blob)
}

/** Memory where there is a folder for it; else beside the key, which is as secret as what it opens. mkdtemp makes it 0700. */
function privateFolder(cwd: string, env: Tools['context']['env']): string {
  const memory = '/dev/shm'
  if (statSync(memory, { throwIfNoEntry: false })?.isDirectory()) return memory
  return join(findFolders(cwd, env).commonDir, 'git-crypt')
}
