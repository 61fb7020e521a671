import type { ByteString } from '../text/bytestring.ts'
import { bytes, characters } from '../text/bytestring.ts'
import { quote } from '../text/quote.ts'

export type Keyword =
  | 'block'
  | 'break'
  | 'continue'
  | 'dot'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'range'
  | 'nil'
  | 'template'
  | 'with'

export type TokenType =
  | Keyword
  | 'error'
  | 'bool'
  | 'char'
  | 'character'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'left-delimiter'
  | 'left-paren'
  | 'number'
  | 'pipe'
  | 'raw-string'
  | 'right-delimiter'
  | 'right-paren'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'

export interface Token {
  readonly type: TokenType
  /** Byte in the template's text. */
  readonly position: number
  /** From 1. */
  readonly line: number
  readonly text: ByteString
}

export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['.', 'dot'],
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['range', 'range'],
  ['nil', 'nil'],
  ['template', 'template'],
  ['with', 'with'],
])

const LONGEST_SHOWN = 10

/** How an error message names a token. */
export function describe(token: Token): ByteString {
  if (token.type === 'eof') return bytes('EOF')
  if (token.type === 'error') return token.text
  if (KEYWORDS.has(token.text) && token.type === KEYWORDS.get(token.text)) return bytes(`<${token.text}>`)
  if (token.text.length > LONGEST_SHOWN) {
    return bytes(`${quote(bytes(characters(token.text).slice(0, LONGEST_SHOWN).join('')))}...`)
  }
  return quote(token.text)
}
