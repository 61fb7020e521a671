import type { Budget } from '../budget.ts'
import { CallFault } from '../fault.ts'
import { Sink } from '../printf/flags.ts'
import { Version } from '../semver/version.ts'
import { type ByteString, bytes, RUNE_ERROR, runeAt } from '../text/bytestring.ts'
import { exponential, positional, shortestDigits } from '../text/floats.ts'
import { Time } from '../time/time.ts'
import { typeOf } from '../value/types.ts'
import { Certificate, Dict, Int, List, record, type Value } from '../value/values.ts'

export interface JsonOptions {
  /** What each level is indented with; one line where it is empty. */
  readonly indent: string
  /** Writes <, > and & as escapes. */
  readonly html: boolean
}

/** Go's encoding/json. Throws CallFault for what has no form in JSON and for a cycle. */
export function writeJson(value: Value, options: JsonOptions, budget: Budget): ByteString {
  const writer = new Writer(options, budget)
  writer.write(value, 0)
  return writer.sink.value
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

class Writer {
  readonly sink: Sink
  private readonly options: JsonOptions
  private readonly budget: Budget
  /** The dicts and lists around the value that is being written. */
  private readonly around = new Set<Value>()

  constructor(options: JsonOptions, budget: Budget) {
    this.options = options
    this.budget = budget
    this.sink = new Sink(budget)
  }

  write(value: Value, depth: number): void {
    if (value === null || typeof value === 'boolean') this.sink.write(String(value))
    else if (typeof value === 'string') this.sink.write(this.quoted(value))
    else if (typeof value === 'number') this.sink.write(formatNumber(value))
    else if (value instanceof Int) this.sink.write(String(value.value))
    else if (value instanceof List) this.within(value, depth, () => this.list(value, depth))
    else if (value instanceof Dict) this.within(value, depth, () => this.dict(value, depth))
    else if (value instanceof Time) this.sink.write(`"${value.json()}"`)
    else if (value instanceof Version) this.sink.write(this.quoted(value.text()))
    else if (value instanceof Certificate) this.dict(record({ Cert: value.cert, Key: value.key }), depth)
    else throw new CallFault(`json: unsupported type: ${typeOf(value)}`)
  }

  private within(value: List | Dict, depth: number, write: () => void): void {
    if (this.around.has(value)) {
      throw new CallFault(`json: unsupported value: encountered a cycle via ${value.type}`)
    }
    this.budget.depth(depth)
    this.around.add(value)
    if (value.isNil) this.sink.write('null')
    else write()
    this.around.delete(value)
  }

  private list({ items }: List, depth: number): void {
    this.sink.write('[')
    for (const [index, item] of items.entries()) {
      this.next(index, depth + 1)
      this.write(item, depth + 1)
    }
    this.close(items.length, depth, ']')
  }

  private dict(value: Dict, depth: number): void {
    const keys = value.sortedKeys()
    this.sink.write('{')
    for (const [index, key] of keys.entries()) {
      this.next(index, depth + 1)
      this.sink.write(`${this.quoted(key)}:${this.options.indent === '' ? '' : ' '}`)
      this.write(value.entries.get(key) ?? null, depth + 1)
    }
    this.close(keys.length, depth, '}')
  }

  private next(index: number, depth: number): void {
    if (index > 0) this.sink.write(',')
    this.line(depth)
  }

  private close(count: number, depth: number, bracket: string): void {
    if (count > 0) this.line(depth)
    this.sink.write(bracket)
  }

  private line(depth: number): void {
    const { indent } = this.options
    if (indent !== '') this.sink.write(`\n${indent.repeat(depth)}`)
  }

  private quoted(text: ByteString): string {
    this.budget.slow(text)
    let out = '"'
    for (let at = 0; at < text.length; ) {
      const { code, width } = runeAt(text, at)
      out += code === RUNE_ERROR && width === 1 ? '\\ufffd' : this.escaped(text.slice(at, at + width), code)
      at += width
    }
    return `${out}"`
  }

  private escaped(letter: string, code: number): string {
    const short = ESCAPES[letter]
    if (short !== undefined) return short
    const isMarkup = this.options.html && (letter === '<' || letter === '>' || letter === '&')
    if (code < 0x20 || isMarkup || code === 0x2028 || code === 0x2029) {
      return `\\u${code.toString(16).padStart(4, '0')}`
    }
    return letter
  }
}

/** Without an exponent from 1e-06 to below 1e+21. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new CallFault('json: unsupported value: NaN or Inf')
  const size = Math.abs(value)
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const digits = shortestDigits(size)
  if (size !== 0 && (size < 1e-6 || size >= 1e21)) {
    const text = exponential(digits, digits.digits.length - 1, 'e')
    return sign + text.replace(/e-0(?=[0-9]$)/, 'e-')
  }
  return bytes(sign + positional(digits, Math.max(digits.digits.length - digits.point, 0)))
}
