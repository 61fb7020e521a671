import { type ByteString, bytes, encodeRune, RUNE_ERROR, runeAt } from '../text/bytestring.ts'
import { isSpace, isUpper, toLower, toUpper } from '../text/unicode.ts'

/** Words as huandu/xstrings cuts them, for snake_case and kebab-case. */
type WordType = 'connector' | 'punctuation' | 'upper' | 'alphabet' | 'number' | 'other' | 'none'

interface Word {
  readonly type: WordType
  readonly text: string
}

const NONE: Word = { type: 'none', text: '' }
/** Han letters have no case and separate words. */
const HAN = '\\u{4e00}-\\u{9fcc}\\u{3400}-\\u{4d85}\\u{20000}-\\u{2b81d}'
const SMALL = `(?![${HAN}])(?!\\p{Lu})\\p{L}`
const SPACE = '[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const CONNECTOR = `(?:[-_]|${SPACE})`
const PATTERNS: readonly (readonly [WordType, string])[] = [
  ['connector', `${CONNECTOR}+`],
  ['punctuation', '\\p{P}+'],
  // Of several capitals, one before a small letter begins the next word.
  ['upper', `\\p{Lu}+(?=\\p{Lu}${SMALL})|\\p{Lu}{2,}|\\p{Lu}(?:${SMALL})*`],
  ['alphabet', `(?:${SMALL})+`],
  ['number', '\\p{N}+'],
  ['other', `(?:(?!${CONNECTOR}|${SMALL}|\\p{Lu}|\\p{N}|\\p{P})[^])+`],
]
const WORD = new RegExp(PATTERNS.map(([, pattern]) => `(${pattern})`).join('|'), 'uy')

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  WORD.lastIndex = 0
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text)) {
    const index = match.slice(1).findIndex((group) => group !== undefined)
    words.push({ type: PATTERNS[index]?.[0] ?? 'other', text: match[0] })
  }
  return words
}

/** snake_case or kebab-case. */
export function toDelimitedCase(text: ByteString, connector: '_' | '-'): ByteString {
  return restored(new Joiner(wordsOf(readable(text)), connector).join())
}

/** Where a byte that belongs to no character goes meanwhile: among the halves of pairs, which no text has alone. */
const STRAY = 0xdc00

function readable(text: ByteString): string {
  let out = ''
  for (let at = 0; at < text.length; ) {
    const { code, width } = runeAt(text, at)
    const isStray = code === RUNE_ERROR && width === 1
    out += isStray ? String.fromCharCode(STRAY + text.charCodeAt(at)) : String.fromCodePoint(code)
    at += width
  }
  return out
}

function restored(text: string): ByteString {
  let out = ''
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0
    out += code >= STRAY && code < STRAY + 256 ? String.fromCharCode(code - STRAY) : encodeRune(code)
  }
  return bytes(out)
}

const endsRun = (type: WordType): boolean => type === 'none' || type === 'connector' || type === 'punctuation'
const extendsNumber = (type: WordType): boolean => type === 'alphabet' || type === 'number'

class Joiner {
  private readonly words: readonly Word[]
  private readonly connector: string
  private at = 0
  private out = ''

  constructor(words: readonly Word[], connector: string) {
    this.words = words
    this.connector = connector
  }

  join(): string {
    while (this.at < this.words.length - 1) {
      const word = this.word
      if (word.type !== 'connector') this.emit(word)
      this.at += 1
      if (word.type === 'connector') this.emit(word)
      else if (word.type === 'number') this.afterNumber()
      else if (word.type !== 'punctuation') this.afterLetters()
    }
    this.emit(this.word)
    return this.out
  }

  private get word(): Word {
    return this.words[this.at] ?? NONE
  }

  private emit({ type, text }: Word): void {
    if (type === 'connector') this.out += text.replace(/./gsu, this.connector)
    else this.out += type === 'upper' ? text.replace(/./gsu, lowered) : text
  }

  private separate(): void {
    if (!endsRun(this.word.type)) this.out += this.connector
  }

  /** Letters behind a number belong to it: 2xx. */
  private afterNumber(): void {
    while (extendsNumber(this.word.type)) {
      this.emit(this.word)
      this.at += 1
    }
    this.separate()
  }

  /** A number belongs to the letters before it unless small letters follow: Floor4, but 3rd. */
  private afterLetters(): void {
    const number = this.word
    if (number.type !== 'number') {
      this.separate()
      return
    }
    if (this.at === this.words.length - 1) return
    this.at += 1
    if (this.word.type === 'alphabet') {
      this.out += this.connector
      this.emit(number)
      this.afterNumber()
      return
    }
    this.emit(number)
    this.separate()
  }
}

function lowered(letter: string): string {
  const rune = letter.codePointAt(0) ?? 0
  return isUpper(rune) ? String.fromCodePoint(toLower(rune)) : letter
}

function isConnector(rune: number): boolean {
  return rune === 0x2d || rune === 0x5f || isSpace(rune)
}

/** PascalCase: connectors between words go, those before the first stay. */
export function toCamelCase(runes: readonly number[]): ByteString {
  const start = runes.findIndex((rune) => !isConnector(rune))
  // Of nothing but connectors xstrings writes the last one twice.
  if (start < 0) return bytes([...runes, ...runes.slice(-1)].map(encodeRune).join(''))
  const out = runes.slice(0, start)
  // One rune is held back until it is known what follows.
  let held = toUpper(runes[start] ?? 0)
  let capital = isUpper(runes[start] ?? 0)
  for (const rune of runes.slice(start + 1)) {
    let next = rune
    if (isConnector(held)) {
      if (isConnector(rune)) {
        out.push(held)
      } else {
        capital = isUpper(rune)
        next = toUpper(rune)
      }
    } else {
      if (capital && isUpper(rune)) next = toLower(rune)
      else capital = false
      out.push(held)
    }
    held = next
  }
  out.push(held)
  return bytes(out.map(encodeRune).join(''))
}
