import { dirname } from 'node:path'
import { fs } from '../../io/platform.ts'
import { CliError, errorCode, systemReason } from '../../messages.ts'

/**
 * Makes a folder, and those above it, for this user alone. One that is there is left as it is. CliError with the path and the reason, which
 * Node's own `recursive` hides: it calls a read-only file system a folder that is not there.
 */
export function makeFolder(path: string): void {
  try {
    if (!fs.existsSync(dirname(path))) makeFolder(dirname(path))
    fs.mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (error instanceof CliError) throw error
    const isFolder = fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
    if (errorCode(error) === 'EEXIST' && isFolder) return
    throw new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}
