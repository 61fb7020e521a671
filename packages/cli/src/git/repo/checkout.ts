/** Bringing the work tree from ciphertext to plaintext and back. */
import { kindOfBlob } from '@waxseal/core/git-crypt'
import { fs } from '../../io/platform.ts'
import type { CliError } from '../../messages.ts'
import { blobHeads } from './blobs.ts'
import { rawSettings } from './config.ts'
import { fileHead, isThere } from './file-head.ts'
import type { SecretFile } from './files.ts'
import { secretFiles } from './files.ts'
import { gitFailure } from './git.ts'
import { joinNul, onDisk, type RawPath } from './raw-path.ts'
import type { Repository } from './repository.ts'
import { forgetUnfinished, noteUnfinished, unfinishedFiles } from './unfinished.ts'

export type Target = 'plaintext' | 'ciphertext'

/**
 * Rewrites the files of these keys that are not yet as wanted, and only regular files that are there: what sparse checkout or a deletion
 * left out stays out. It can be interrupted anywhere and run again.
 * Throws CliError with git's reason; files before the failing one are done, the others as they were.
 */
export function checkOut(
  repository: Repository,
  names: readonly (string | undefined)[],
  target: Target,
  pending: readonly RawPath[] = pendingFiles(repository, names, target),
): number {
  if (pending.length > 0) {
    noteUnfinished(repository, pending)
    const settings = target === 'ciphertext' ? rawSettings(names) : []
    const failure = rewrite(repository, settings, pending)
    if (failure !== undefined) {
      const gaps = pending.filter((path) => !isThere(onDisk(repository.top, path)))
      rewrite(repository, rawSettings(names), gaps)
      forgetUnfinished(repository)
      throw failure
    }
    if (target === 'ciphertext') settle(repository, settings, pending)
  }
  forgetUnfinished(repository)
  return pending.length
}

function rewrite(
  { git, top }: Repository,
  settings: readonly string[],
  paths: readonly RawPath[],
): CliError | undefined {
  if (paths.length === 0) return undefined
  // git writes only files whose times differ from what the index notes.
  for (const path of paths) touch(top, path)
  const args = [...settings, 'checkout-index', '-f', '-u', '-z', '--stdin']
  const outcome = git.attempt(args, { input: joinNul(paths) })
  return outcome.status === 0 ? undefined : gitFailure(args, outcome)
}

/**
 * Dates ciphertext back. git-crypt's unlock has git write the files by setting their times to now, which git notices only in another second
 * than the one they were written in; and files as new as the index would be read again by every git command.
 */
function settle({ git, top }: Repository, settings: readonly string[], paths: readonly RawPath[]): void {
  for (const path of paths) touch(top, path)
  // Exit code 1 says that some other file has changes, which is none of this one's business.
  git.attempt([...settings, 'update-index', '-q', '--refresh'])
}

/**
 * Files of these keys that do not look as wanted. For plaintext only those that hold the very blob of the index, so that nothing else
 * that happens to be there is ever overwritten.
 */
export function pendingFiles(
  repository: Repository,
  names: readonly (string | undefined)[],
  target: Target,
): readonly RawPath[] {
  const files = secretFiles(repository.git).filter(({ keyName, stage, isSkipped }) => {
    return names.includes(keyName) && stage === 0 && !isSkipped
  })
  const heads = blobHeads(
    repository.git,
    files.map(({ oid }) => oid),
  )
  const unfinished = unfinishedFiles(repository)
  const isGap = (path: RawPath): boolean => unfinished.has(path) && !isThere(onDisk(repository.top, path))
  return files
    .filter((file) => isGap(file.path) || isPending(repository.top, file, heads.get(file.oid), target))
    .map(({ path }) => path)
}

function isPending(top: string, { path }: SecretFile, blob: Uint8Array | undefined, target: Target): boolean {
  if (blob === undefined || kindOfBlob(blob) === 'not-encrypted') return false
  const head = fileHead(onDisk(top, path))
  if (head === undefined) return false
  const isBlob = Buffer.from(head).equals(blob)
  return target === 'plaintext' ? isBlob : !isBlob
}

/** Git compares whole seconds, and the index mostly has the very time of the file: so another second, never the present one. */
function touch(top: string, path: RawPath): void {
  const file = onDisk(top, path)
  const stats = fs.lstatSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return
  const time = new Date(stats.mtimeMs - 10_000)
  fs.lutimesSync(file, time, time)
}
