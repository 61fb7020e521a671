/** Reading and writing descriptors piece by piece, however slow or non-blocking the other side is. */
import { fs } from '../../io/platform.ts'
import { writeAll } from '../../io/streams.ts'
import { CliError, ClosedPipe, errorCode, systemReason } from '../../messages.ts'

const PAUSE_MS = 5

/** Reads at least a byte into `buffer` from `offset` on; 0 at the end. */
export function readSome(fd: number, buffer: Uint8Array, offset: number): number {
  for (;;) {
    try {
      return fs.readSync(fd, buffer, offset, buffer.length - offset, null)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw new CliError(`read: ${systemReason(error)}`, { cause: error })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}

/** Writes all of it. ClosedPipe when nobody reads any more. */
export function writeTo(fd: number, bytes: Uint8Array): void {
  try {
    writeAll(fd, bytes)
  } catch (error) {
    if (errorCode(error) === 'EPIPE') throw new ClosedPipe()
    throw new CliError(`write: ${systemReason(error)}`, { cause: error })
  }
}
