import type { Budget } from '../budget.ts'
import { type ByteString, bytes, encodeRune, mapRunes } from '../text/bytestring.ts'
import { parseFloat64 } from '../text/numbers.ts'
import { dict, list, type Value } from '../value/values.ts'

export interface Decoded {
  readonly value: Value
  /** Why the text is no JSON, or holds a number that no float can; nothing of the text is in it. */
  readonly fault?: string
}

/** Go's json.Unmarshal into an interface: numbers are floats, of equal keys the last counts. */
export function readJson(text: ByteString, budget: Budget): Decoded {
  budget.slow(text)
  const reader = new Reader(text, budget)
  try {
    const value = reader.document()
    return reader.range ? { value, fault: 'json: cannot unmarshal number into Go value of type float64' } : { value }
  } catch (error) {
    if (error instanceof Malformed) return { value: null, fault: error.message }
    throw error
  }
}

class Malformed extends Error {}

const END = 'unexpected end of JSON input'
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const SPACE = /[ \t\r\n]*/y
/** Up to the next escape or the end; control characters are not allowed. */
const PLAIN = /[ !#-[\]-\xff]*/y
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
const WORDS: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
]

class Reader {
  /** A number was out of range. */
  range = false
  private readonly text: ByteString
  private readonly budget: Budget
  private at = 0

  constructor(text: ByteString, budget: Budget) {
    this.text = text
    this.budget = budget
  }

  document(): Value {
    const value = this.value(0)
    this.match(SPACE)
    if (this.at < this.text.length) throw new Malformed('invalid character after top-level value')
    return value
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }

  private value(depth: number): Value {
    this.budget.spend(1)
    this.budget.depth(depth)
    this.match(SPACE)
    const letter = this.text.charAt(this.at)
    if (letter === '{') return this.object(depth)
    if (letter === '[') return this.array(depth)
    if (letter === '"') return this.string()
    const word = WORDS.find(([name]) => this.text.startsWith(name, this.at))
    if (word !== undefined) {
      this.at += word[0].length
      return word[1]
    }
    return this.number()
  }

  private number(): Value {
    const digits = this.match(NUMBER)
    if (digits === '') throw this.unexpected('looking for beginning of value')
    const value = parseFloat64(digits)
    if (value === undefined) this.range = true
    return value ?? null
  }

  private unexpected(where: string): Malformed {
    return new Malformed(this.at >= this.text.length ? END : `invalid character ${where}`)
  }

  /** Takes a letter behind white space, or says no. */
  private take(letter: string): boolean {
    this.match(SPACE)
    if (this.text.charAt(this.at) !== letter) return false
    this.at += 1
    return true
  }

  private object(depth: number): Value {
    const made = dict()
    this.at += 1
    if (this.take('}')) return made
    do {
      this.match(SPACE)
      if (this.text.charAt(this.at) !== '"') throw this.unexpected('looking for beginning of object key string')
      const key = this.string()
      if (!this.take(':')) throw this.unexpected('after object key')
      made.entries.set(key, this.value(depth + 1))
    } while (this.take(','))
    if (!this.take('}')) throw this.unexpected('after object key:value pair')
    return made
  }

  private array(depth: number): Value {
    const items: Value[] = []
    this.at += 1
    if (this.take(']')) return list(items)
    do {
      items.push(this.value(depth + 1))
    } while (this.take(','))
    if (!this.take(']')) throw this.unexpected('after array element')
    return list(items)
  }

  private string(): ByteString {
    this.at += 1
    let out = ''
    for (;;) {
      // Bytes that are no UTF-8 become U+FFFD.
      out += mapRunes(bytes(this.match(PLAIN)), (rune) => rune)
      const letter = this.text.charAt(this.at)
      this.at += 1
      if (letter === '"') return bytes(out)
      if (letter !== '\\') {
        this.at -= 1
        throw this.unexpected('in string literal')
      }
      out += this.escape()
    }
  }

  private escape(): string {
    const letter = this.text.charAt(this.at)
    const simple = ESCAPES.get(letter)
    if (simple !== undefined) {
      this.at += 1
      return simple
    }
    const high = this.unit()
    if (high === undefined) throw this.unexpected('in string escape code')
    if (high < 0xd800 || high > 0xdbff) return encodeRune(high)
    const before = this.at
    this.at += 1
    const low = this.text.charAt(before) === '\\' ? this.unit() : undefined
    if (low !== undefined && low >= 0xdc00 && low <= 0xdfff) {
      return encodeRune(((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000)
    }
    this.at = before
    return encodeRune(high)
  }

  /** `uXXXX`, behind the backslash. */
  private unit(): number | undefined {
    const digits = /^u([0-9a-fA-F]{4})/.exec(this.text.slice(this.at, this.at + 5))?.[1]
    if (digits === undefined) return undefined
    this.at += 5
    return Number.parseInt(digits, 16)
  }
}
