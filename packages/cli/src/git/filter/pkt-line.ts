/**
 * git's pkt-line (gitprotocol-common): four hex digits of length, themselves included, then the data; `0000` ends a list. Synchronous, since
 * the filter protocol is question and answer, and no other way is as fast on a pipe.
 */
import { readSome } from './descriptors.ts'

/** The most data that one packet carries. */
const MAX_DATA = 65516
const LENGTH = 4
const FLUSH: Uint8Array = Buffer.from('0000')

/** A packet's data, valid until the next is read; `flush`; or `end` of the stream. */
type Packet = Uint8Array | 'flush' | 'end'

export interface PacketReader {
  /** Throws Error where the stream is no pkt-line or ends within a packet. */
  next(): Packet
}

export function packetReader(fd: number): PacketReader {
  const buffer = Buffer.allocUnsafe(4 * 65536)
  let start = 0
  let end = 0
  const fill = (count: number): boolean => {
    if (start + count > buffer.length) {
      buffer.copyWithin(0, start, end)
      end -= start
      start = 0
    }
    while (end - start < count) {
      const read = readSome(fd, buffer, end)
      if (read === 0) return false
      end += read
    }
    return true
  }
  return {
    next() {
      if (!fill(LENGTH)) {
        if (end === start) return 'end'
        throw new Error('the packet stream ends within a length')
      }
      const length = parseLength(buffer.toString('latin1', start, start + LENGTH))
      if (length > 0 && !fill(length)) throw new Error('the packet stream ends within a packet')
      const data = buffer.subarray(start + LENGTH, start + length)
      start += Math.max(length, LENGTH)
      return length === 0 ? 'flush' : data
    },
  }
}

function parseLength(digits: string): number {
  const length = /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1
  if (length === 0 || (length >= LENGTH && length <= MAX_DATA + LENGTH)) return length
  throw new Error('not a pkt-line stream')
}

/** Collects packets and writes them in large pieces. */
export interface PacketWriter {
  text(line: string): void
  /** Data of any length, cut into packets. */
  data(bytes: Uint8Array): void
  flush(): void
  /** Hands everything to the descriptor. */
  send(): void
}

export function packetWriter(write: (bytes: Uint8Array) => void): PacketWriter {
  const pending = Buffer.allocUnsafe(2 * (MAX_DATA + LENGTH))
  let length = 0
  const send = (): void => {
    if (length > 0) write(pending.subarray(0, length))
    length = 0
  }
  const packet = (bytes: Uint8Array): void => {
    if (length + LENGTH + bytes.length > pending.length) send()
    pending.write((bytes.length + LENGTH).toString(16).padStart(LENGTH, '0'), length, 'latin1')
    pending.set(bytes, length + LENGTH)
    length += LENGTH + bytes.length
  }
  return {
    text: (line) => packet(Buffer.from(`${line}\n`)),
    data(bytes) {
      for (let at = 0; at < bytes.length; at += MAX_DATA) packet(bytes.subarray(at, at + MAX_DATA))
    },
    flush() {
      if (length + LENGTH > pending.length) send()
      pending.set(FLUSH, length)
      length += LENGTH
    },
    send,
  }
}
