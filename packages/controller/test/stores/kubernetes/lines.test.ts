import { array, assert, nat, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineSplitter } from '../../../src/stores/kubernetes/lines.ts'

function feed(splitter: LineSplitter, bytes: Buffer, cuts: readonly number[]): string[] {
  const lines: string[] = []
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  let start = 0
  for (const end of ends) {
    lines.push(...splitter.push(bytes.subarray(start, end)))
    start = end
  }
  return lines
}

describe('LineSplitter', () => {
  test('gives the same lines however the stream is cut', () => {
    const line = string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''))
    assert(
      property(array(line), array(nat()), (lines, cuts) => {
        const splitter = new LineSplitter(1 << 20)
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        expect(feed(splitter, bytes, cuts)).toEqual(
          lines.filter((text) => text !== '').map((text) => text.toWellFormed()),
        )
        expect(splitter.partial).toBe(false)
      }),
    )
  })

  test('knows that the stream ends inside a line', () => {
    const splitter = new LineSplitter(100)
    expect([...splitter.push(Buffer.from('whole\nhal'))]).toEqual(['whole'])
    expect(splitter.partial).toBe(true)
    expect([...splitter.push(Buffer.from('f\n'))]).toEqual(['half'])
    expect(splitter.partial).toBe(false)
  })

  test('stops at a line that is too long, in one chunk or in many', () => {
    expect(() => [...new LineSplitter(10).push(Buffer.from('0123456789a\n'))]).toThrow(RangeError)
    const splitter = new LineSplitter(10)
    const endless = (): void => {
      for (let i = 0; i < 11; i++) for (const _ of splitter.push(Buffer.from('x')));
    }
    expect(endless).toThrow(RangeError)
  })
})

test('a line that is no UTF-8 is refused, not mended', () => {
  expect(() => [...new LineSplitter(100).push(Buffer.from([0x61, 0xff, 0x0a]))]).toThrow(/UTF-8/)
})
