/**
 * Standard input and output through file descriptors. Node's own stream objects cost 2 to 3 ms each at start, and a synchronous write
 * is done, or has failed, when the call returns: nothing is lost at exit.
 */
import type { Input, Output } from '../context.ts'
import { CliError, ClosedPipe, errorCode, systemReason } from '../messages.ts'
import { fs } from './platform.ts'

const CHUNK = 64 * 1024
/** How long to wait before a descriptor that said "not now" (a pipe someone made non-blocking) is tried again, in ms. */
const RETRY_PAUSE = 5

export function inputOf(fd: number, isTerminal: () => boolean): Input {
  return {
    get isTerminal() {
      return isTerminal()
    },
    read: (limit) => readAll(fd, 'standard input', limit),
  }
}

export function outputOf(fd: number, name: string, isTerminal: () => boolean): Output {
  return {
    get isTerminal() {
      return isTerminal()
    },
    write: (content) => {
      try {
        writeAll(fd, content)
      } catch (error) {
        if (errorCode(error) === 'EPIPE') throw new ClosedPipe()
        throw new CliError(`write ${name}: ${systemReason(error)}`, { cause: error })
      }
    },
  }
}

/** Reads a descriptor to its end, whatever it is (file, pipe, terminal). */
export function readAll(fd: number, name: string, limit: number): Uint8Array {
  const chunks: Uint8Array[] = []
  let total = 0
  let free = new Uint8Array(sizeHint(fd))
  for (;;) {
    const count = readOnce(fd, free, name)
    if (count === 0) break
    total += count
    if (total > limit)
      throw new CliError(`${name}: more than ${limit / 1024 / 1024} MiB`, { hint: 'nothing was sealed or written' })
    chunks.push(free.subarray(0, count))
    free = count < free.length ? free.subarray(count) : new Uint8Array(CHUNK)
  }
  const only = chunks[0]
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, total)
}

/** One byte more than a regular file's size, so that it is read by one call and the next one sees its end; some have a size of 0. */
function sizeHint(fd: number): number {
  const stats = fs.fstatSync(fd)
  return stats.isFile() && stats.size > 0 ? Math.min(stats.size + 1, 16 * 1024 * 1024) : CHUNK
}

function readOnce(fd: number, chunk: Uint8Array, name: string): number {
  for (;;) {
    try {
      return fs.readSync(fd, chunk)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw new CliError(`read ${name}: ${systemReason(error)}`, { cause: error })
      pause()
    }
  }
}

/** Writes everything, however little the descriptor takes at a time. Throws Node's system error. */
export function writeAll(fd: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  for (let done = 0; done < bytes.length; ) {
    try {
      done += fs.writeSync(fd, bytes, done)
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error
      pause()
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_PAUSE)
}
