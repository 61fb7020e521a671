import { type ByteString, bytes, encodeRune, runeAt } from './bytestring.ts'

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
])

interface Piece {
  readonly text: string
  /** The code point, or the byte of an escape that names a byte. */
  readonly code: number
  readonly next: number
}

/** Reads a Go string literal, quotes or backquotes included. Undefined where it is none. */
export function unquote(literal: ByteString): ByteString | undefined {
  const mark = literal.charAt(0)
  if (literal.length < 2 || literal.charAt(literal.length - 1) !== mark) return undefined
  const body = bytes(literal.slice(1, -1))
  if (mark === '`') return body.includes('`') ? undefined : bytes(body.replaceAll('\r', ''))
  if (mark !== '"') return undefined
  let out = ''
  for (let at = 0; at < body.length; ) {
    const piece = readPiece(body, at, '"')
    if (piece === undefined) return undefined
    out += piece.text
    at = piece.next
  }
  return bytes(out)
}

/** Reads the character that begins a character literal (behind its mark), and where it ends. */
export function unquoteRune(literal: ByteString): { readonly code: number; readonly next: number } | undefined {
  return readPiece(literal, 1, "'")
}

function readPiece(source: ByteString, at: number, mark: string): Piece | undefined {
  const letter = source.charAt(at)
  if (letter === '' || letter === mark || letter === '\n') return undefined
  if (letter !== '\\') {
    const { code, width } = runeAt(source, at)
    return { text: source.slice(at, at + width), code, next: at + width }
  }
  const kind = source.charAt(at + 1)
  const simple = SIMPLE.get(kind)
  if (simple !== undefined) return { text: simple, code: simple.charCodeAt(0), next: at + 2 }
  if (kind === mark) return { text: mark, code: mark.charCodeAt(0), next: at + 2 }
  return readNumeric(source, at + 1, kind)
}

function readNumeric(source: ByteString, at: number, kind: string): Piece | undefined {
  if (kind === 'x') return readDigits(source, at + 1, 2, 16, false)
  if (kind === 'u') return readDigits(source, at + 1, 4, 16, true)
  if (kind === 'U') return readDigits(source, at + 1, 8, 16, true)
  return readDigits(source, at, 3, 8, false)
}

function readDigits(source: ByteString, at: number, count: number, base: 8 | 16, isRune: boolean): Piece | undefined {
  const digits = source.slice(at, at + count)
  const pattern = base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/
  if (digits.length !== count || !pattern.test(digits)) return undefined
  const code = Number.parseInt(digits, base)
  if (!isRune) return code > 255 ? undefined : { text: String.fromCharCode(code), code, next: at + count }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
  return { text: encodeRune(code), code, next: at + count }
}
