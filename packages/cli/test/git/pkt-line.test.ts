import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packetReader, packetWriter } from '../../src/git/filter/pkt-line.ts'

/** What a reader makes of a stream: packets as text, up to the end. Throws what the reader throws. */
function readStream(bytes: Uint8Array): readonly (Buffer | 'flush')[] {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-pkt-'))
  writeFileSync(join(folder, 'stream'), bytes)
  const fd = openSync(join(folder, 'stream'), 'r')
  try {
    const reader = packetReader(fd)
    const packets: (Buffer | 'flush')[] = []
    for (let packet = reader.next(); packet !== 'end'; packet = reader.next()) {
      packets.push(packet === 'flush' ? packet : Buffer.from(packet))
    }
    return packets
  } finally {
    closeSync(fd)
    rmSync(folder, { recursive: true })
  }
}

function written(work: (writer: ReturnType<typeof packetWriter>) => void): Buffer {
  const parts: Uint8Array[] = []
  const writer = packetWriter((bytes) => parts.push(Uint8Array.from(bytes)))
  work(writer)
  writer.send()
  return Buffer.concat(parts)
}

describe('pkt-line', () => {
  it('writes what git documents', () => {
    const stream = written((writer) => {
      writer.text('hello')
      writer.flush()
      writer.data(new Uint8Array())
    })
    expect(stream.toString()).toBe('000ahello\n0000')
  })

  it('cuts data into packets that reading puts together again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 5 }), (sizes) => {
        const parts = sizes.map((size, index) => Buffer.alloc(size, index + 1))
        const stream = written((writer) => {
          for (const part of parts) writer.data(part)
          writer.flush()
        })
        const packets = readStream(stream)
        expect(packets.at(-1)).toBe('flush')
        const data = packets.slice(0, -1).map((packet) => Buffer.from(packet))
        expect(Math.max(0, ...data.map(({ length }) => length))).toBeLessThanOrEqual(65_516)
        expect(Buffer.concat(data).equals(Buffer.concat(parts))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it.each(['0001', '0003a', 'zzzz', '-001', '0x1f', 'fff5', 'ffff', '00', '0009abc', ' 005a'])(
    'refuses %j without waiting or crashing',
    (stream) => {
      expect(() => readStream(Buffer.from(stream))).toThrow(/pkt-line|ends within/)
    },
  )

  it('takes any bytes, or says that they are none of its own', () => {
    const outcome = (bytes: Uint8Array): string => {
      try {
        return typeof readStream(bytes)
      } catch (error) {
        return String(error)
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(outcome(bytes)).toMatch(/^object$|pkt-line|ends within/)
      }),
    )
  })
})
