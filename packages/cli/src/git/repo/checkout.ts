/** Bringing the work tree from ciphertext to plaintext and back. */
import { HEADER_LENGTH, kindOfBlob } from '@waxseal/core/git-crypt'
import { fs } from '../../io/platform.ts'
import { CliError, errorCode, systemReason } from '../../messages.ts'
import { makeFolder } from '../keys/folder.ts'
import { blobHeads, blobSizes } from './blobs.ts'
import { rawSettings } from './config.ts'
import { fileHead, isThere } from './file-head.ts'
import { type SecretFile, secretFiles } from './files.ts'
import { type Git, gitFailure } from './git.ts'
import { forgetStats, refreshStats } from './index-stats.ts'
import { joinNul, onDisk } from './raw-path.ts'
import type { Repository } from './repository.ts'

export type Target = 'plaintext' | 'ciphertext'

/**
 * Rewrites the files of these keys that are not yet as wanted, and only regular files that are there: what sparse checkout or a deletion
 * left out stays out. Each file is replaced in one step, so that this can be interrupted anywhere and run again.
 * Throws CliError with the reason; files that came out whole are done, the others as they were.
 */
export function checkOut(
  repository: Repository,
  names: readonly (string | undefined)[],
  target: Target,
  pending: readonly SecretFile[] = pendingFiles(repository, names, target),
): number {
  if (pending.length === 0) return 0
  const lock = `${repository.gitDir}/index.lock`
  if (fs.existsSync(lock)) {
    throw new CliError(`${lock} is there`, {
      hint: 'another git command is at work in this repository: run this again when it is done, or remove that file if it crashed',
    })
  }
  const settings = target === 'ciphertext' ? rawSettings(names) : []
  const { done, failure } = rewrite(repository, settings, pending, target)
  forgetStats(repository.git, done)
  refreshStats(repository.git, settings)
  if (failure !== undefined) throw failure
  return pending.length
}

interface Rewritten {
  readonly done: readonly SecretFile[]
  readonly failure: CliError | undefined
}

/** git writes the files into a folder beside the keys, from where they are moved into place. */
function rewrite(
  { git, top, gitDir }: Repository,
  settings: readonly string[],
  files: readonly SecretFile[],
  target: Target,
): Rewritten {
  const folder = scratchFolder(`${gitDir}/git-crypt`)
  const done: SecretFile[] = []
  try {
    const args = [...settings, 'checkout-index', '-f', '-z', '--stdin', `--prefix=${folder}/`]
    const outcome = git.attempt(args, { input: joinNul(files.map(({ path }) => path)) })
    const failure = outcome.status === 0 ? undefined : gitFailure(args, outcome)
    const isWhole = failure === undefined ? isThere : wholeOnly(git, files, target)
    for (const file of files) {
      const made = onDisk(folder, file.path)
      if (!isWhole(made, file)) continue
      if (target === 'ciphertext') dateBack(made)
      replace(made, onDisk(top, file.path))
      done.push(file)
    }
    return { done, failure }
  } catch (error) {
    if (error instanceof CliError) return { done, failure: error }
    throw error
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Where git failed, as on a full disk, any of the files may be cut off: only those that have their full size are taken. */
function wholeOnly(
  git: Git,
  files: readonly SecretFile[],
  target: Target,
): (made: Buffer, file: SecretFile) => boolean {
  const sizes = blobSizes(
    git,
    files.map(({ oid }) => oid),
  )
  const header = target === 'plaintext' ? HEADER_LENGTH : 0
  return (made, { oid }) => isThere(made) && fs.lstatSync(made).size === (sizes.get(oid) ?? 0) - header
}

const SCRATCH = 'checkout-'

/** A folder of this process alone; those of processes that are no more are removed. */
function scratchFolder(place: string): string {
  makeFolder(place)
  for (const name of fs.readdirSync(place).filter((each) => each.startsWith(SCRATCH))) {
    const pid = Number(name.slice(SCRATCH.length))
    if (pid === process.pid || !isRunning(pid)) fs.rmSync(`${place}/${name}`, { recursive: true, force: true })
  }
  const folder = `${place}/${SCRATCH}${process.pid}`
  makeFolder(folder)
  return folder
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** In one step, also where the git folder is on another file system. CliError naming the file, with the old one left. */
function replace(made: Buffer, target: Buffer): void {
  try {
    fs.renameSync(made, target)
  } catch {
    const beside = Buffer.concat([target, Buffer.from('.waxseal-tmp')])
    try {
      fs.copyFileSync(made, beside)
      fs.renameSync(beside, target)
    } catch (error) {
      fs.rmSync(beside, { force: true })
      throw new CliError(`${target.toString('utf8')}: ${systemReason(error)}`, { cause: error })
    }
  }
}

/**
 * Ciphertext gets an earlier time. git-crypt's unlock has git write the files by setting their times to now, which git notices only in
 * another second than the noted one; and files as new as the index are read again by every git command.
 */
function dateBack(path: Buffer): void {
  const time = new Date(Date.now() - 10_000)
  fs.utimesSync(path, time, time)
}

/**
 * Files of these keys that do not look as wanted. For plaintext only those that hold the very blob of the index, so that nothing else
 * that happens to be there is ever overwritten.
 */
export function pendingFiles(
  repository: Repository,
  names: readonly (string | undefined)[],
  target: Target,
): readonly SecretFile[] {
  const files = secretFiles(repository.git).filter(({ keyName, stage, isSkipped }) => {
    return names.includes(keyName) && stage === 0 && !isSkipped
  })
  const heads = blobHeads(
    repository.git,
    files.map(({ oid }) => oid),
  )
  return files.filter((file) => isPending(repository.top, file, heads.get(file.oid), target))
}

function isPending(top: string, { path }: SecretFile, blob: Uint8Array | undefined, target: Target): boolean {
  if (blob === undefined || kindOfBlob(blob) === 'not-encrypted') return false
  const head = fileHead(onDisk(top, path))
  if (head === undefined) return false
  const isBlob = Buffer.from(head).equals(blob)
  return target === 'plaintext' ? isBlob : !isBlob
}
