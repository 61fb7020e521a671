import { HEADER_LENGTH } from '@waxseal/core/git-crypt'
import { fs } from '../../io/platform.ts'
import { errorCode } from '../../messages.ts'

const NOT_THERE: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO']

/** The first bytes of a regular file; undefined for anything else. */
export function fileHead(path: Buffer): Uint8Array | undefined {
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
    if (NOT_THERE.includes(errorCode(error))) return undefined
    throw error
  }
}

/** Whether a regular file is there; a link is none. */
export function isThere(path: Buffer): boolean {
  try {
    return fs.lstatSync(path).isFile()
  } catch (error) {
    if (NOT_THERE.includes(errorCode(error))) return false
    throw error
  }
}
