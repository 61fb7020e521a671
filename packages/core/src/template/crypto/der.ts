import { type ByteString, bytes } from '../text/bytestring.ts'

/** The few ASN.1 types of keys and certificates, in DER (X.690), as byte strings. */

export const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printable: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const

export interface Der {
  readonly tag: number
  readonly content: ByteString
  /** With its tag and length. */
  readonly raw: ByteString
}

export function encodeDer(tag: number, ...parts: readonly string[]): ByteString {
  const content = parts.join('')
  return bytes(String.fromCharCode(tag) + lengthOf(content.length) + content)
}

function lengthOf(length: number): string {
  if (length < 0x80) return String.fromCharCode(length)
  const digits = bigEndian(BigInt(length))
  return String.fromCharCode(0x80 | digits.length) + digits
}

export function sequence(...parts: readonly string[]): ByteString {
  return encodeDer(TAG.sequence, ...parts)
}

/** A number that is not negative. */
export function integer(value: bigint): ByteString {
  const digits = bigEndian(value)
  return encodeDer(TAG.integer, digits.charCodeAt(0) > 0x7f ? `\0${digits}` : digits)
}

/** Whole bytes. */
export function bitString(content: string): ByteString {
  return encodeDer(TAG.bits, '\0', content)
}

export function explicit(tag: number, content: string): ByteString {
  return encodeDer(0xa0 | tag, content)
}

export function oid(text: string): ByteString {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return encodeDer(TAG.oid, ...[first * 40 + second, ...rest].map(base128))
}

function base128(value: number): string {
  let out = String.fromCharCode(value & 0x7f)
  for (let rest = value >> 7; rest > 0; rest >>= 7) out = String.fromCharCode(0x80 | (rest & 0x7f)) + out
  return out
}

/** At least one byte. */
function bigEndian(value: bigint): ByteString {
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return bytes(even.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))))
}

export function toNumber(content: ByteString): bigint {
  let value = 0n
  for (const byte of content) value = (value << 8n) | BigInt(byte.charCodeAt(0))
  return value
}

/** The values that a constructed value holds. Throws RangeError where they are not DER. */
function readAll(content: ByteString): Der[] {
  const out: Der[] = []
  for (let at = 0; at < content.length; ) {
    const value = readOne(content, at)
    out.push(value)
    at += value.raw.length
  }
  return out
}

/** One value with nothing behind it. */
export function readDer(source: ByteString): Der {
  const value = readOne(source, 0)
  if (value.raw.length !== source.length) throw new RangeError('trailing data')
  return value
}

export function childrenOf(value: Der | undefined, tag: number = TAG.sequence): Der[] {
  if (value?.tag !== tag) throw new RangeError('unexpected tag')
  return readAll(value.content)
}

function readOne(source: ByteString, at: number): Der {
  const tag = source.charCodeAt(at)
  const short = source.charCodeAt(at + 1)
  if (Number.isNaN(short) || (tag & 0x1f) === 0x1f) throw new RangeError('cut off')
  const extra = short < 0x80 ? 0 : short & 0x7f
  if (extra > 4 || short === 0x80) throw new RangeError('bad length')
  const start = at + 2 + extra
  const length = extra === 0 ? short : Number(toNumber(bytes(source.slice(at + 2, start))))
  if (start + length > source.length) throw new RangeError('cut off')
  return { tag, content: bytes(source.slice(start, start + length)), raw: bytes(source.slice(at, start + length)) }
}
