import { fs } from '../../io/platform.ts'
import { systemReason } from '../../messages.ts'

/** What came of reading a file. `too-large`: nothing but the first bytes was read. */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large'; readonly head: Uint8Array }
  | { readonly kind: 'failed'; readonly reason: string }

/** Manifests are far smaller; whatever is larger is read by nobody but its program. */
export const MAX_FILE: number = 16 * 1024 * 1024
const HEAD = 8192

/** Reads a regular file of at most MAX_FILE bytes. Callbacks, since a promise a step would cost more than the reading. */
export function readRegular(path: string): Promise<Content> {
  return new Promise((resolve) => {
    fs.open(path, 'r', (error, fd) => {
      if (error) return resolve({ kind: 'failed', reason: systemReason(error) })
      const finish = (content: Content): void => fs.close(fd, () => resolve(content))
      fs.fstat(fd, (failure, stats) => {
        if (failure) return finish({ kind: 'failed', reason: systemReason(failure) })
        const isTooLarge = stats.size > MAX_FILE
        const buffer = Buffer.allocUnsafe(isTooLarge ? HEAD : stats.size)
        fill(fd, buffer, 0, (failed, bytes) => {
          if (failed) finish({ kind: 'failed', reason: systemReason(failed) })
          else finish(isTooLarge ? { kind: 'too-large', head: bytes } : { kind: 'bytes', bytes })
        })
      })
    })
  })
}

/** Reads until the buffer is full or the file ends, which it may do early when someone shortens it. */
function fill(fd: number, buffer: Buffer, done: number, then: (error: Error | null, bytes: Buffer) => void): void {
  if (done === buffer.length) {
    then(null, buffer)
    return
  }
  fs.read(fd, buffer, done, buffer.length - done, null, (error, count) => {
    if (error || count === 0) then(error, buffer.subarray(0, done))
    else fill(fd, buffer, done + count, then)
  })
}
