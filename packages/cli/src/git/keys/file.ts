/** Key files on disk: never larger than they may be, never readable to others, never half written. */
import { MAX_KEY_FILE } from '@waxseal/core/git-crypt'
import { createFile, replaceFile } from '../../io/atomic.ts'
import { fs } from '../../io/platform.ts'
import { readAll } from '../../io/streams.ts'
import { CliError, errorCode, systemReason } from '../../messages.ts'

const PRIVATE = 0o600

export function readKeyBytes(path: string): Uint8Array {
  const fd = attempt(path, () => fs.openSync(path, 'r'))
  try {
    return readAll(fd, path, MAX_KEY_FILE)
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  } finally {
    fs.closeSync(fd)
  }
}

/** Writes or replaces the file in one step. */
export function replaceKeyBytes(path: string, bytes: Uint8Array): void {
  attempt(path, () => {
    replaceFile(path, bytes, { bits: PRIVATE, exact: true })
    fs.chmodSync(path, PRIVATE)
  })
}

/** Makes a new file; refuses where there is one. */
export function createKeyFile(path: string, bytes: Uint8Array): void {
  attempt(path, () => createFile(path, bytes, PRIVATE))
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof CliError) throw error
    const hint = errorCode(error) === 'EEXIST' ? 'keys are never overwritten; choose another name' : undefined
    throw new CliError(`${path}: ${systemReason(error)}`, { hint, cause: error })
  }
}
