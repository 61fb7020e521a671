/** Bringing the work tree from ciphertext to plaintext and back. */
import { HEADER_LENGTH, kindOfBlob } from '@waxseal/core/git-crypt'
import { fs } from '../../io/platform.ts'
import { errorCode } from '../../messages.ts'
import { blobHeads } from './blobs.ts'
import { rawSettings } from './config.ts'
import type { SecretFile } from './files.ts'
import { secretFiles } from './files.ts'
import { gitFailure } from './git.ts'
import { joinNul, onDisk, type RawPath } from './raw-path.ts'
import type { Repository } from './repository.ts'

export type Target = 'plaintext' | 'ciphertext'

/**
 * Rewrites the files of these keys that are not yet as wanted, and only regular files that are there: what sparse checkout or a deletion
 * left out stays out. So it can be interrupted anywhere and run again.
 * Throws CliError with git's reason; files before the failing one are done.
 */
export function checkOut(
  repository: Repository,
  names: readonly (string | undefined)[],
  target: Target,
  pending: readonly RawPath[] = pendingFiles(repository, names, target),
): number {
  if (pending.length === 0) return 0
  // git writes only files whose times differ from what the index notes.
  for (const path of pending) touch(repository.top, path)
  const settings = target === 'ciphertext' ? rawSettings(names) : []
  const args = [...settings, 'checkout-index', '-f', '-u', '-z', '--stdin']
  const outcome = repository.git.attempt(args, { input: joinNul(pending) })
  if (outcome.status !== 0) throw gitFailure(args, outcome)
  return pending.length
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
  return files.filter((file) => isPending(repository.top, file, heads.get(file.oid), target)).map(({ path }) => path)
}

function isPending(top: string, { path }: SecretFile, blob: Uint8Array | undefined, target: Target): boolean {
  if (blob === undefined || kindOfBlob(blob) === 'not-encrypted') return false
  const head = fileHead(onDisk(top, path))
  if (head === undefined) return false
  const isBlob = Buffer.from(head).equals(blob)
  return target === 'plaintext' ? isBlob : !isBlob
}

/** The first bytes of a regular file; undefined for anything else. */
function fileHead(path: Buffer): Uint8Array | undefined {
  try {
    const { constants } = fs
    const fd = fs.openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      if (!fs.fstatSync(fd).isFile()) return undefined
      const head = Buffer.alloc(HEADER_LENGTH)
      return head.subarray(0, fs.readSync(fd, head, 0, HEADER_LENGTH, 0))
    } finally {
      fs.closeSync(fd)
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO'].includes(errorCode(error) ?? '')) return undefined
    throw error
  }
}

/** Git compares whole seconds, and the index mostly has the very time of the file: so another second, never the present one. */
function touch(top: string, path: RawPath): void {
  const file = onDisk(top, path)
  const time = new Date(fs.lstatSync(file).mtimeMs - 10_000)
  fs.lutimesSync(file, time, time)
}
