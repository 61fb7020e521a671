import { describe, expect, test } from 'vitest'
import { concat, equalBytes, fromUtf8, toHex, unshared, utf8 } from '../src/bytes.ts'
import { vectorJson } from './helpers/vectors.ts'
import { type Base64Vector, checkBase64 } from './scenarios/envelope.ts'

describe('base64 as Go decodes it', () => {
  test.each(vectorJson<Base64Vector[]>('envelope/base64-decode.json'))('$name', async (vector) => {
    await expect(checkBase64(vector)).resolves.toBeUndefined()
  })
})

test('invalid UTF-8 is refused, a byte order mark kept', () => {
  expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(TypeError)
  expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
})

test('bytes in shared memory are copied for WebCrypto, others are not', () => {
  const own = utf8('x')
  expect(unshared(own)).toBe(own)
  const shared = new Uint8Array(new SharedArrayBuffer(2))
  expect(unshared(shared).buffer).toBeInstanceOf(ArrayBuffer)
})

test('concat, toHex and equalBytes', () => {
  expect(toHex(concat(Uint8Array.of(0, 255), Uint8Array.of(16)))).toBe('00ff10')
  expect(equalBytes(utf8('ab'), utf8('ab'))).toBe(true)
  expect(equalBytes(utf8('ab'), utf8('ac'))).toBe(false)
  expect(equalBytes(utf8('ab'), utf8('abc'))).toBe(false)
})
