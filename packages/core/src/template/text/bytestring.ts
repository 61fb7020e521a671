declare const BYTES: unique symbol

/**
 * A Go string: bytes, kept as a JavaScript string with one unit of 0 to 255 a byte. Length, index, slice, search,
 * equality and order of the units are those of the bytes, and it can be the key of a Map.
 */
export type ByteString = string & { readonly [BYTES]: true }

/** Takes a text whose units are bytes already: ASCII literals, and pieces and joins of byte strings. */
export function bytes(text: string): ByteString {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand is made here and nowhere else.
  return text as ByteString
}

export const EMPTY: ByteString = bytes('')

const CHUNK = 8192

export function fromBytes(source: Uint8Array): ByteString {
  if (source.length <= CHUNK) return bytes(String.fromCharCode(...source))
  let text = ''
  for (let at = 0; at < source.length; at += CHUNK) text += String.fromCharCode(...source.subarray(at, at + CHUNK))
  return bytes(text)
}

export function toBytes(source: ByteString): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(source.length)
  for (let i = 0; i < source.length; i++) out[i] = source.charCodeAt(i)
  return out
}

/** The UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function encode(text: string): ByteString {
  if (isAscii(text)) return bytes(text)
  let out = ''
  for (const letter of text) out += encodeRune(letter.codePointAt(0) ?? 0)
  return bytes(out)
}

/** The text that UTF-8 bytes stand for; every byte that belongs to no character becomes U+FFFD, as in Go. */
export function decode(source: ByteString): string {
  if (isAscii(source)) return source
  let text = ''
  for (const rune of runesOf(source)) text += String.fromCodePoint(rune)
  return text
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

export const RUNE_ERROR = 0xfffd

/** The UTF-8 bytes of a code point; of U+FFFD where it is none. */
export function encodeRune(rune: number): ByteString {
  if (rune >= 0 && rune < 0x80) return bytes(String.fromCharCode(rune))
  if (rune < 0 || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) return encodeRune(RUNE_ERROR)
  const tail = (shift: number): number => 0x80 | ((rune >> shift) & 0x3f)
  if (rune < 0x800) return bytes(String.fromCharCode(0xc0 | (rune >> 6), tail(0)))
  if (rune < 0x10000) return bytes(String.fromCharCode(0xe0 | (rune >> 12), tail(6), tail(0)))
  return bytes(String.fromCharCode(0xf0 | (rune >> 18), tail(12), tail(6), tail(0)))
}

export interface Rune {
  readonly code: number
  /** Bytes it takes; 1 where the byte belongs to no character (the code is then U+FFFD), 0 at the end. */
  readonly width: number
}

const END: Rune = { code: RUNE_ERROR, width: 0 }
const INVALID: Rune = { code: RUNE_ERROR, width: 1 }

export function runeAt(source: ByteString, at: number): Rune {
  if (at >= source.length) return END
  const first = source.charCodeAt(at)
  if (first < 0x80) return { code: first, width: 1 }
  if (first < 0xc2 || first > 0xf4) return INVALID
  const width = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  let code = first & (0x7f >> width)
  for (let i = 1; i < width; i++) {
    const next = at + i < source.length ? source.charCodeAt(at + i) : 0
    if ((next & 0xc0) !== 0x80) return INVALID
    code = (code << 6) | (next & 0x3f)
  }
  const least = width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return INVALID
  return { code, width }
}

export function* runesOf(source: ByteString): Generator<number> {
  for (let at = 0; at < source.length; ) {
    const { code, width } = runeAt(source, at)
    yield code
    at += width
  }
}

/** The pieces of one character each; a byte that belongs to none is a piece. */
export function characters(source: ByteString): ByteString[] {
  const out: ByteString[] = []
  for (let at = 0; at < source.length; ) {
    const { width } = runeAt(source, at)
    out.push(bytes(source.slice(at, at + width)))
    at += width
  }
  return out
}

export function runeCount(source: ByteString): number {
  if (isAscii(source)) return source.length
  let count = 0
  for (let at = 0; at < source.length; count++) at += runeAt(source, at).width
  return count
}

export function isValidUtf8(source: ByteString): boolean {
  for (let at = 0; at < source.length; ) {
    const { code, width } = runeAt(source, at)
    if (code === RUNE_ERROR && width === 1) return false
    at += width
  }
  return true
}

/** The same string with every character replaced; bytes that belong to none count as U+FFFD. */
export function mapRunes(source: ByteString, change: (rune: number) => number): ByteString {
  let out = ''
  for (const rune of runesOf(source)) out += encodeRune(change(rune))
  return bytes(out)
}
