/** Reading and writing in the folder. Outputs never follow symbolic links, so that nothing outside can be overwritten. */
import { createHash, randomBytes } from 'node:crypto'
import { type BigIntStats, constants, lstatSync, statSync } from 'node:fs'
import { link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StoreError, type StoreErrorCode } from '../../ports.ts'
import { codeOf, systemReason } from '../../system-error.ts'

/**
 * Changes with every write of a file. From inode, times and size, never from the content: it is kept in readable files,
 * and the hash of a short secret would allow guessing it.
 */
export function signature(stats: BigIntStats): string {
  const facts = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join()
  return createHash('sha256').update(facts).digest('hex').slice(0, 32)
}

/** Of the file itself, not of what a link points to. Undefined when there is none. */
export const lstat = (path: string): BigIntStats | undefined => lstatSync(path, { bigint: true, throwIfNoEntry: false })

/** Of what a link points to; undefined when there is nothing. */
export const stat = (path: string): BigIntStats | undefined => statSync(path, { bigint: true, throwIfNoEntry: false })

/** Makes the folders of `parts` below `base` with mode 0700; refuses links, which may lead out of the folder. */
export async function ensureFolder(base: string, parts: readonly string[]): Promise<string> {
  let path = base
  for (const part of parts) {
    path = join(path, part)
    const stats = lstat(path)
    if (stats === undefined) await mkdir(path, { mode: 0o700, recursive: false }).catch(ignoreExisting)
    else if (!stats.isDirectory()) throw new StoreError('denied', `${path} is not a folder (links are not followed)`)
  }
  return path
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error
}

export interface WriteOptions {
  readonly mode: number
  /** Refuse to replace: `exists`. */
  readonly exclusive?: boolean
  /** Wait until it is on the disk: after a power failure an empty file would be taken for somebody else's. */
  readonly sync?: boolean
}

/**
 * Replaces a file as a whole or not at all. The temporary file beside it has its mode from the start and is removed when
 * writing fails; a link at `path` is replaced, not followed.
 */
export async function writeAtomically(path: string, text: string, options: WriteOptions): Promise<BigIntStats> {
  const temporary = join(dirname(path), `.waxseal-${randomBytes(6).toString('hex')}.tmp`)
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), options.mode)
  try {
    await file.writeFile(text)
    if (options.sync === true) await file.sync()
    await file.close()
    await (options.exclusive === true ? place(temporary, path) : rename(temporary, path))
  } catch (error) {
    await file.close().catch(() => {})
    await unlink(temporary).catch(() => {})
    throw error
  }
  const written = lstat(path)
  if (written === undefined) throw new StoreError('conflict', `${path} was removed while it was written`)
  return written
}

/** Gives the file its name unless that is taken. A hard link does so in one step; not every file system has them. */
async function place(temporary: string, path: string): Promise<void> {
  if (lstat(path) !== undefined) throw new StoreError('exists', `${path} already exists`)
  try {
    await link(temporary, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new StoreError('exists', `${path} already exists`, { cause: error })
    return rename(temporary, path)
  }
  await unlink(temporary)
}

const CODES: Readonly<Record<string, StoreErrorCode>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENAMETOOLONG: 'invalid',
  ENOTDIR: 'invalid',
  EISDIR: 'invalid',
}

/** Runs a file operation; what the system refuses becomes a StoreError that names path and reason. */
export async function stored<T>(verb: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof StoreError) throw error
    const code = codeOf(error) ?? 'unknown error'
    throw new StoreError(CODES[code] ?? 'unavailable', `cannot ${verb} ${path}: ${systemReason(code)}`, {
      cause: error,
    })
  }
}
