import { describe, expect, test } from 'vitest'
import { bitLength, readPkcs1, readSpki, unwrapPkcs8, wrapPkcs8, writeSpki } from '../src/der.ts'
import { parsePem } from '../src/pem.ts'
import { vectorText } from './helpers/vectors.ts'

const der = (name: string): Uint8Array => parsePem(vectorText(`keys/${name}`))[0]?.der ?? new Uint8Array(0)
const pkcs1 = der('alpha.key')

test('public numbers are the same in every form', () => {
  const numbers = readPkcs1(pkcs1)
  expect(bitLength(numbers)).toBe(2048)
  expect([...numbers.exponent]).toEqual([1, 0, 1])
  expect(readSpki(writeSpki(numbers))).toEqual(numbers)
  expect(writeSpki(numbers)).toEqual(der('alpha-pub.pem'))
})

test('PKCS#8 is a wrapper around PKCS#1', () => {
  expect(wrapPkcs8(pkcs1)).toEqual(der('alpha-pkcs8.key'))
  expect(unwrapPkcs8(wrapPkcs8(pkcs1))).toEqual(pkcs1)
})

describe('what is not strict DER is refused', () => {
  const spki = writeSpki(readPkcs1(pkcs1))
  const edit = (bytes: Uint8Array, at: number, ...put: number[]): Uint8Array =>
    Uint8Array.from([...bytes.slice(0, at), ...put, ...bytes.slice(at + put.length)])

  test.each([
    ['nothing', new Uint8Array(0)],
    ['cut off', spki.slice(0, -1)],
    ['trailing byte', Uint8Array.from([...spki, 0])],
    ['another tag', edit(spki, 0, 0x31)],
    ['indefinite length', edit(spki, 1, 0x80)],
    ['a length that is not minimal', Uint8Array.of(0x30, 0x81, 0x01, 0x00)],
    ['a length beyond the end', edit(spki, 2, 0xff)],
    ['another algorithm', edit(spki, 16, 0x02)],
    ['unused bits', edit(spki, 23, 0x01)],
  ])('%s', (_name, bytes) => {
    expect(() => readSpki(bytes)).toThrow(RangeError)
  })

  test('negative and padded integers', () => {
    expect(() => readPkcs1(Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0x80))).toThrow(/positive/)
    expect(() => readPkcs1(Uint8Array.of(0x30, 7, 2, 1, 0, 2, 2, 0, 1))).toThrow(/positive/)
  })
})
