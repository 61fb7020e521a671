import { describe, expect, test } from 'vitest'
import { decodeText } from '../../src/documents/index.ts'

const utf16 = (text: string, little: boolean): Uint8Array => {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), little)
  return new Uint8Array(view.buffer)
}

test('UTF-8, with and without byte order mark', () => {
  expect(decodeText(new TextEncoder().encode('grüße'))).toBe('grüße')
  expect(decodeText(new TextEncoder().encode('\ufeffgrüße'))).toBe('grüße')
  expect(decodeText(new Uint8Array(0))).toBe('')
})

test('UTF-16 with byte order mark', () => {
  for (const little of [true, false]) expect(decodeText(utf16('\ufeffkind: ☃', little))).toBe('kind: ☃')
})

describe('everything else is refused, by name', () => {
  test.each([
    ['UTF-16LE without a mark', utf16('kind: x', true), /UTF-16LE without/],
    ['UTF-16BE without a mark', utf16('kind: x', false), /UTF-16BE without/],
    ['Latin-1', Uint8Array.of(0x61, 0xe4, 0x62, 0x0a), /not valid UTF-8/],
    ['UTF-16 cut in the middle', Uint8Array.of(0xff, 0xfe, 0x61), /not valid UTF-16LE/],
    ['a NUL byte', new TextEncoder().encode('key: a\0b'), /NUL/],
  ])('%s', (_name, bytes, message) => {
    expect(() => decodeText(bytes)).toThrow(
      expect.objectContaining({ code: 'bad-document', hint: 'save the file as UTF-8' }),
    )
    expect(() => decodeText(bytes)).toThrow(message)
  })
})
