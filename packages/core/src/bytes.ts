import { WaxsealError } from './errors.ts'
import { nodeBuffer } from './platform.ts'

/** Bytes that WebCrypto takes as they are: not backed by shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

/** Decodes UTF-8, keeping a byte order mark as U+FEFF. Throws TypeError where the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** The same bytes, copied only when they live in shared memory, which WebCrypto refuses. */
export function unshared(bytes: Uint8Array): Bytes {
  return isUnshared(bytes) ? bytes : new Uint8Array(bytes)
}

function isUnshared(bytes: Uint8Array): bytes is Bytes {
  return bytes.buffer instanceof ArrayBuffer
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const PAD = 0x3d
const LETTERS = utf8(ALPHABET)
/** Code unit to six bits; 255 where it is no letter. */
const VALUES = new Uint8Array(256).fill(255)
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i

/** Standard alphabet, padded, one line (RFC 4648 section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  const { length } = bytes
  const node = nodeBuffer()?.from(bytes.buffer, bytes.byteOffset, length)
  if (node !== undefined) return node.toString('base64')
  const out = new Uint8Array(Math.ceil(length / 3) * 4).fill(PAD)
  let at = 0
  for (let i = 0; i < length; i += 3) {
    const group = (at8(bytes, i) << 16) | (at8(bytes, i + 1) << 8) | at8(bytes, i + 2)
    out[at] = at8(LETTERS, group >> 18)
    out[at + 1] = at8(LETTERS, (group >> 12) & 63)
    if (i + 1 < length) out[at + 2] = at8(LETTERS, (group >> 6) & 63)
    if (i + 2 < length) out[at + 3] = at8(LETTERS, group & 63)
    at += 4
  }
  return decoder.decode(out)
}

/** The byte at an index; 0 beyond the end. */
function at8(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

/**
 * Decodes as Go's base64.StdEncoding does, which Bitnami's controller uses: newlines and carriage returns are skipped
 * anywhere, padding is required, and the rest bits of the last letter are ignored. Ignoring them is deliberate: two
 * texts may name the same bytes, but the bytes are what is authenticated, and what opened before must open here.
 * @throws WaxsealError `malformed`, with the position Go reports
 */
export function decodeBase64(text: string): Bytes {
  return decodeFlawless(text) ?? decodeAny(text)
}

/** What encodeBase64 would write, which is how nearly all texts are: Node does it six times as fast. Undefined for all others. */
function decodeFlawless(text: string): Bytes | undefined {
  const buffer = nodeBuffer()
  if (buffer === undefined || text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  // Memory of its own: what is decoded may be a secret.
  const out = buffer.allocUnsafeSlow((text.length / 4) * 3 - padding)
  const size = out.write(text, 'base64')
  if (size !== out.length || out.toString('base64') !== text) return undefined
  return new Uint8Array(out.buffer, out.byteOffset, out.length)
}

function decodeAny(text: string): Bytes {
  const { length } = text
  const out = new Uint8Array(Math.floor((length * 3) / 4))
  let size = 0
  let group = 0
  let letters = 0
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    const value = unit < 256 ? (VALUES[unit] ?? 255) : 255
    if (value < 64) {
      group = (group << 6) | value
      letters += 1
      if (letters === 4) {
        out[size] = group >> 16
        out[size + 1] = group >> 8
        out[size + 2] = group
        size += 3
        group = 0
        letters = 0
      }
    } else if (unit === PAD) {
      checkPadding(text, i, letters)
      if (letters === 2) {
        out[size] = group >> 4
        return out.subarray(0, size + 1)
      }
      out[size] = group >> 10
      out[size + 1] = group >> 2
      return out.subarray(0, size + 2)
    } else if (unit !== 0x0a && unit !== 0x0d) {
      throw illegal(text, i)
    }
  }
  // Go reports the start of a last group that is not whole, counted in letters left over.
  if (letters > 0) throw illegal(text, length - letters)
  return out.subarray(0, size)
}

/** Checks the padding that begins at `at`, after so many letters of its group, and that nothing follows it. */
function checkPadding(text: string, at: number, letters: number): void {
  if (letters < 2) throw illegal(text, at)
  let next = skipLineEnds(text, at + 1)
  if (letters === 2) {
    if (next === text.length) throw illegal(text, text.length)
    if (text.charCodeAt(next) !== PAD) throw illegal(text, next - 1)
    next = skipLineEnds(text, next + 1)
  }
  if (next < text.length) throw illegal(text, next)
}

function skipLineEnds(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 0x0a || text.charCodeAt(at) === 0x0d) at += 1
  return at
}

/** Positions count UTF-8 bytes, as Go's do. */
function illegal(text: string, index: number): WaxsealError {
  const position = utf8(text.slice(0, index)).length
  return new WaxsealError('malformed', `illegal base64 data at input byte ${position}`)
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte] ?? ''
  return text
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Compares without stopping at the first difference, so that the time tells the lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= at8(a, i) ^ at8(b, i)
  return difference === 0
}
