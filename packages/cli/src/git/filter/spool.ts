/**
 * What a filter has to keep until it has seen the whole file: the nonce is over all of it, and nothing may leave before it is verified.
 * Small files stay in memory; of larger ones the rest goes to an unlinked temporary file, encrypted with a key that lives in this process
 * only, so that no plaintext reaches a disk wherever the folder is.
 */
import { join } from 'node:path'
import { fs, nodeCrypto } from '../../io/platform.ts'
import { writeAll } from '../../io/streams.ts'
import { CliError, systemReason } from '../../messages.ts'
import { collecting } from './garbage.ts'

const IN_MEMORY = 8 * 1024 * 1024
const PIECE = 256 * 1024
const ALGORITHM = 'aes-256-ctr'

export interface Spool {
  /** Copies the bytes: the caller may reuse its buffer. */
  append(bytes: Uint8Array): void
  /** Everything appended, in order. A piece is valid until the next one is asked for. */
  pieces(): Iterable<Uint8Array>
  close(): void
}

interface Overflow {
  write(bytes: Uint8Array): void
  read(): Iterable<Uint8Array>
  close(): void
}

export function openSpool(): Spool {
  const chunks: Uint8Array[] = []
  let length = 0
  let overflow: Overflow | undefined
  return {
    append(bytes) {
      length += bytes.length
      if (length <= IN_MEMORY) {
        chunks.push(new Uint8Array(bytes))
      } else {
        overflow ??= openOverflow()
        overflow.write(bytes)
      }
    },
    *pieces() {
      yield* chunks
      if (overflow !== undefined) yield* overflow.read()
    },
    close() {
      chunks.length = 0
      overflow?.close()
      overflow = undefined
    },
  }
}

function openOverflow(): Overflow {
  const collect = collecting()
  const { createCipheriv, createDecipheriv, randomBytes } = nodeCrypto()
  const { tmpdir } = process.getBuiltinModule('node:os')
  const [key, counter] = [randomBytes(32), randomBytes(16)]
  const cipher = createCipheriv(ALGORITHM, key, counter)
  const path = join(tmpdir(), `.waxseal-${randomBytes(9).toString('hex')}`)
  const fd = attempt(path, () => fs.openSync(path, 'wx+', 0o600))
  attempt(path, () => fs.unlinkSync(path))
  return {
    write: (bytes) => {
      collect(bytes.length)
      attempt(path, () => writeAll(fd, cipher.update(bytes)))
    },
    *read() {
      const decipher = createDecipheriv(ALGORITHM, key, counter)
      const piece = Buffer.allocUnsafe(PIECE)
      for (let at = 0; ; ) {
        const count = attempt(path, () => fs.readSync(fd, piece, 0, PIECE, at))
        if (count === 0) return
        at += count
        collect(count)
        yield decipher.update(piece.subarray(0, count))
      }
    },
    close: () => fs.closeSync(fd),
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new CliError(`temporary file ${path}: ${systemReason(error)}`, {
      hint: 'TMPDIR names another folder for it; what is kept there is encrypted',
      cause: error,
    })
  }
}
