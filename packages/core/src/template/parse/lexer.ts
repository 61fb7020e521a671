import { type ByteString, bytes, runeAt } from '../text/bytestring.ts'
import { quote, unicodeName } from '../text/quote.ts'
import { isAlphaNumeric, scanNumber } from './scan-number.ts'
import { KEYWORDS, type Token, type TokenType } from './tokens.ts'

const LEFT = '{{'
const RIGHT = '}}'
const SPACES = ' \t\r\n'
const TERMINATORS = '.,|:)('
const PUNCTUATION: ReadonlyMap<string, TokenType> = new Map([
  ['=', 'assign'],
  ['|', 'pipe'],
  ['(', 'left-paren'],
  [')', 'right-paren'],
])

/** Cuts a template into tokens, one at a time: what is behind an error of the parser is never looked at. */
export class Lexer {
  private readonly source: ByteString
  private at = 0
  private line = 1
  /** The next one; looked for once, however many tokens stand on the line. */
  private lineEnd: number
  private insideAction = false
  private parens = 0
  private failed = false

  constructor(source: ByteString) {
    this.source = source
    this.lineEnd = source.indexOf('\n')
  }

  next(): Token {
    if (this.failed) return { type: 'eof', position: 0, line: this.line, text: bytes('') }
    return this.insideAction ? this.action() : this.text()
  }

  private text(): Token {
    const { source } = this
    for (;;) {
      const from = this.at
      const found = source.indexOf(LEFT, from)
      if (found < 0) return this.take(from < source.length ? 'text' : 'eof', source.length)
      if (found > from) {
        const trimmed = this.trimsLeft(found + LEFT.length) ? this.withoutSpaceBefore(from, found) : found
        const token = this.take('text', trimmed)
        this.skip(found)
        if (token.text !== '') return token
      }
      const marker = this.trimsLeft(this.at + LEFT.length) ? 2 : 0
      const inside = this.at + LEFT.length + marker
      if (!source.startsWith('/*', inside)) {
        const token = this.take('left-delimiter', this.at + LEFT.length)
        this.skip(inside)
        this.insideAction = true
        this.parens = 0
        return token
      }
      const failure = this.comment(inside)
      if (failure !== undefined) return failure
    }
  }

  /** Skips a comment that begins at `inside`; a token only where it is wrong. */
  private comment(inside: number): Token | undefined {
    this.skip(inside)
    const end = this.source.indexOf('*/', inside + 2)
    if (end < 0) return this.fail('unclosed comment')
    const marker = this.rightDelimiter(end + 2)
    if (marker === undefined) return this.fail('comment ends before closing delimiter')
    this.skip(this.behindRight(end + 2, marker))
    return undefined
  }

  private action(): Token {
    const { source, at } = this
    const marker = this.rightDelimiter(at)
    if (marker !== undefined) return this.parens === 0 ? this.close(marker) : this.fail('unclosed left paren')
    if (at >= source.length) return this.fail('unclosed action')
    const letter = source.charAt(at)
    if (SPACES.includes(letter)) return this.space()
    if (letter === '"' || letter === "'") return this.quoted(letter)
    if (letter === '`') return this.raw()
    if (letter === '$') return this.word('variable', at + 1)
    if (letter === ':') {
      return source.charAt(at + 1) === '=' ? this.take('declare', at + 2) : this.fail('expected :=')
    }
    if (letter === '.' && !/[0-9]/.test(source.charAt(at + 1)) && at + 1 < source.length) {
      return this.word('field', at + 1)
    }
    if (/[.+\-0-9]/.test(letter)) return this.number()
    const punctuation = PUNCTUATION.get(letter)
    if (punctuation !== undefined) return this.punctuation(punctuation)
    const { code } = runeAt(source, at)
    if (isAlphaNumeric(code)) return this.identifier()
    if (code >= 0x20 && code < 0x7f) return this.take('char', at + 1)
    return this.fail(`unrecognized character in action: ${unicodeName(code, true)}`)
  }

  private punctuation(type: TokenType): Token {
    if (type === 'left-paren') this.parens += 1
    if (type === 'right-paren') this.parens -= 1
    if (this.parens < 0) return this.fail('unexpected right paren')
    return this.take(type, this.at + 1)
  }

  private space(): Token {
    let end = this.at
    while (end < this.source.length && SPACES.includes(this.source.charAt(end))) end += 1
    // The last space may belong to a trim marker.
    if (this.rightDelimiter(end - 1) === 2) {
      if (end - 1 === this.at) return this.close(2)
      end -= 1
    }
    return this.take('space', end)
  }

  private quoted(mark: string): Token {
    const { source } = this
    const name = mark === '"' ? 'quoted string' : 'character constant'
    let at = this.at + 1
    for (; ; at++) {
      if (source.charAt(at) === '\\') at += 1
      else if (source.charAt(at) === mark) break
      if (at >= source.length || source.charAt(at) === '\n') return this.fail(`unterminated ${name}`)
    }
    return this.take(mark === '"' ? 'string' : 'character', at + 1)
  }

  private raw(): Token {
    const end = this.source.indexOf('`', this.at + 1)
    return end < 0 ? this.fail('unterminated raw quoted string') : this.take('raw-string', end + 1)
  }

  private identifier(): Token {
    const end = this.wordEnd(this.at)
    if (!this.terminates(end)) return this.fail(`bad character ${unicodeName(runeAt(this.source, end).code, true)}`)
    const word = this.source.slice(this.at, end)
    if (word === 'true' || word === 'false') return this.take('bool', end)
    return this.take(KEYWORDS.get(word) ?? 'identifier', end)
  }

  /** A field or variable behind its mark, which may stand alone. */
  private word(type: 'field' | 'variable', from: number): Token {
    if (this.terminates(from)) return this.take(type === 'field' ? 'dot' : type, from)
    const end = this.wordEnd(from)
    if (!this.terminates(end)) return this.fail(`bad character ${unicodeName(runeAt(this.source, end).code, true)}`)
    return this.take(type, end)
  }

  private number(): Token {
    const first = scanNumber(this.source, this.at)
    if (!first.fits) return this.badNumber(first.end)
    const sign = this.source.charAt(first.end)
    if (sign !== '+' && sign !== '-') return this.take('number', first.end)
    const second = scanNumber(this.source, first.end)
    if (!second.fits || this.source.charAt(second.end - 1) !== 'i') return this.badNumber(second.end)
    return this.take('complex', second.end)
  }

  private badNumber(end: number): Token {
    return this.fail(`bad number syntax: ${quote(bytes(this.source.slice(this.at, end)))}`)
  }

  private wordEnd(from: number): number {
    let at = from
    for (;;) {
      const { code, width } = runeAt(this.source, at)
      if (width === 0 || !isAlphaNumeric(code)) return at
      at += width
    }
  }

  private terminates(at: number): boolean {
    const letter = this.source.charAt(at)
    return letter === '' || SPACES.includes(letter) || TERMINATORS.includes(letter) || this.source.startsWith(RIGHT, at)
  }

  private trimsLeft(at: number): boolean {
    const space = this.source.charAt(at + 1)
    return this.source.charAt(at) === '-' && space !== '' && SPACES.includes(space)
  }

  /** The length of the trim marker before a right delimiter at this place, if there is a delimiter. */
  private rightDelimiter(at: number): 0 | 2 | undefined {
    const { source } = this
    if (source.startsWith(RIGHT, at)) return 0
    const space = source.charAt(at)
    return space !== '' && SPACES.includes(space) && source.startsWith(`-${RIGHT}`, at + 1) ? 2 : undefined
  }

  private close(marker: 0 | 2): Token {
    this.skip(this.at + marker)
    const token = this.take('right-delimiter', this.at + RIGHT.length)
    this.skip(this.behindRight(this.at - RIGHT.length - marker, marker))
    this.insideAction = false
    return token
  }

  private behindRight(at: number, marker: 0 | 2): number {
    let end = at + marker + RIGHT.length
    if (marker === 0) return end
    while (end < this.source.length && SPACES.includes(this.source.charAt(end))) end += 1
    return end
  }

  private withoutSpaceBefore(from: number, end: number): number {
    let at = end
    while (at > from && SPACES.includes(this.source.charAt(at - 1))) at -= 1
    return at
  }

  private take(type: TokenType, end: number): Token {
    const text = bytes(this.source.slice(this.at, end))
    const token: Token = { type, position: this.at, line: this.line, text }
    this.skip(end)
    return token
  }

  private skip(end: number): void {
    while (this.lineEnd >= 0 && this.lineEnd < end) {
      this.line += 1
      this.lineEnd = this.source.indexOf('\n', this.lineEnd + 1)
    }
    this.at = end
  }

  private fail(message: string): Token {
    this.failed = true
    return { type: 'error', position: this.at, line: this.line, text: bytes(message) }
  }
}
