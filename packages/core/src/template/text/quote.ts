import { type ByteString, bytes, encodeRune, RUNE_ERROR, runeAt } from './bytestring.ts'
import { isPrintable } from './unicode.ts'

const SHORT: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
])

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** A Go string literal, as `%q` writes it; `asciiOnly` as `%+q`. */
export function quote(source: ByteString, asciiOnly = false): ByteString {
  let out = '"'
  for (let at = 0; at < source.length; ) {
    const { code, width } = runeAt(source, at)
    out += code === RUNE_ERROR && width === 1 ? `\\x${hex(source.charCodeAt(at), 2)}` : escapeRune(code, '"', asciiOnly)
    at += width
  }
  return bytes(`${out}"`)
}

/** A Go character literal. */
export function quoteRune(rune: number, asciiOnly = false): ByteString {
  const valid = rune >= 0 && rune <= 0x10ffff && !(rune >= 0xd800 && rune <= 0xdfff)
  return bytes(`'${escapeRune(valid ? rune : RUNE_ERROR, "'", asciiOnly)}'`)
}

function escapeRune(rune: number, mark: string, asciiOnly: boolean): string {
  if (rune === mark.charCodeAt(0) || rune === 0x5c) return `\\${String.fromCharCode(rune)}`
  if ((!asciiOnly || rune < 0x80) && isPrintable(rune)) return encodeRune(rune)
  const short = SHORT.get(rune)
  if (short !== undefined) return short
  if (rune < 0x20 || rune === 0x7f) return `\\x${hex(rune, 2)}`
  return rune < 0x10000 ? `\\u${hex(rune, 4)}` : `\\U${hex(rune, 8)}`
}

/** Whether backquotes can hold it: one line, no control characters but tabs, no backquote, valid UTF-8. */
export function canBackquote(source: ByteString): boolean {
  for (let at = 0; at < source.length; ) {
    const { code, width } = runeAt(source, at)
    at += width
    if (width > 1) {
      if (code === 0xfeff) return false
    } else if (code === RUNE_ERROR || (code < 0x20 && code !== 0x09) || code === 0x60 || code === 0x7f) {
      return false
    }
  }
  return true
}

/** `U+0041`, and with `named` and a printable character `U+0041 'A'`. */
export function unicodeName(rune: number, named: boolean): ByteString {
  const name = `U+${rune.toString(16).toUpperCase().padStart(4, '0')}`
  return bytes(named && isPrintable(rune) ? `${name} '${encodeRune(rune)}'` : name)
}
