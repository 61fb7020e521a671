import type { Budget } from '../budget.ts'
import { Version } from '../semver/version.ts'
import { type ByteString, bytes, encode } from '../text/bytestring.ts'
import { MONTHS, WEEKDAYS } from '../time/calendar.ts'
import { formatDuration } from '../time/duration.ts'
import { Time } from '../time/time.ts'
import { typeOf } from '../value/types.ts'
import { Complex, Dict, Int, List, type Value } from '../value/values.ts'
import { type Flags, noFlags, pad, Sink } from './flags.ts'
import { formatComplex, formatFloatVerb, formatInteger } from './numbers.ts'
import { formatString } from './strings.ts'

/** The text of types that have a method String; undefined for the others. */
export function stringOf(value: Value): ByteString | undefined {
  if (value instanceof Time || value instanceof Version) return value.text()
  if (!(value instanceof Int)) return undefined
  if (value.type === 'time.Duration') return formatDuration(value.value)
  const number = Number(value.value)
  if (value.type === 'time.Month') return bytes(MONTHS[number - 1] ?? `%!Month(${number})`)
  if (value.type === 'time.Weekday') return bytes(WEEKDAYS[number] ?? `%!Weekday(${number})`)
  return undefined
}

/** Writes values with a verb, as Go's package fmt does. */
export class Printer {
  readonly sink: Sink
  flags: Flags = noFlags()
  /** A mistake is being shown: the value itself then, not what its type makes of it. */
  private showsMistake = false

  constructor(budget: Budget) {
    this.sink = new Sink(budget)
  }

  /** One operand. */
  print(value: Value, verb: string): void {
    if (value === null && (verb === 'T' || verb === 'v')) this.sink.write(pad('<nil>', this.flags))
    else if (verb === 'T') this.sink.write(formatString(encode(typeOf(value)), 's', this.flags) ?? '')
    else if (value === null || verb === 'p') this.bad(value, verb)
    else this.value(value, verb, 0)
  }

  bad(value: Value, verb: string): void {
    this.sink.write(`%!${verb}(`)
    if (value === null) {
      this.sink.write('<nil>')
    } else {
      this.sink.write(`${typeOf(value)}=`)
      const before = this.showsMistake
      this.showsMistake = true
      this.value(value, 'v', 0)
      this.showsMistake = before
    }
    this.sink.write(')')
  }

  private value(value: Value, verb: string, depth: number): void {
    this.sink.budget.depth(depth)
    const asText = !this.flags.sharpV && !this.showsMistake && /^[vsxXq]$/.test(verb)
    const text = asText ? stringOf(value) : undefined
    if (text !== undefined) this.plain(value, verb, formatString(text, verb, this.flags))
    else if (value === null) this.sink.write(this.flags.sharpV ? 'interface {}(nil)' : '<nil>')
    else if (typeof value === 'string') this.string(value, verb)
    else if (typeof value === 'boolean') {
      this.plain(value, verb, verb === 't' || verb === 'v' ? pad(String(value), this.flags) : undefined)
    } else if (typeof value === 'number') this.plain(value, verb, formatFloatVerb(value, verb, this.flags))
    else if (value instanceof Int) this.integer(value, verb)
    else if (value instanceof Complex) this.plain(value, verb, formatComplex(value, verb, this.flags))
    else if (value instanceof List) this.list(value, verb, depth)
    else if (value instanceof Dict) this.dict(value, verb, depth)
    else this.struct(value, verb, depth)
  }

  /** Writes what a verb made of a value; undefined says that the type has no such verb. */
  private plain(value: Value, verb: string, text: string | undefined): void {
    if (text === undefined) this.bad(value, verb)
    else this.sink.write(text)
  }

  private string(value: ByteString, verb: string): void {
    // Quoting and hexadecimal look at each character, and so do a width and a precision.
    const isPlain = (verb === 's' || verb === 'v') && this.flags.width === undefined
    if (!isPlain || this.flags.precision !== undefined) this.sink.budget.slow(value)
    this.plain(value, verb, formatString(value, verb, this.flags))
  }

  private integer(value: Int, verb: string): void {
    const unsigned = value.type.startsWith('uint')
    const shown = verb === 'v' && this.flags.sharpV && unsigned ? `0x${value.value.toString(16)}` : undefined
    this.plain(value, verb, shown ?? formatInteger(value.value, verb, this.flags))
  }

  private list(value: List, verb: string, depth: number): void {
    const { sharpV } = this.flags
    if (sharpV) this.sink.write(value.type)
    if (sharpV && value.isNil) {
      this.sink.write('(nil)')
      return
    }
    this.sink.write(sharpV ? '{' : '[')
    for (const [index, item] of value.items.entries()) {
      if (index > 0) this.sink.write(sharpV ? ', ' : ' ')
      this.value(item, verb, depth + 1)
    }
    this.sink.write(sharpV ? '}' : ']')
  }

  private dict(value: Dict, verb: string, depth: number): void {
    const { sharpV } = this.flags
    if (sharpV) this.sink.write(value.type)
    if (sharpV && value.isNil) {
      this.sink.write('(nil)')
      return
    }
    this.sink.write(sharpV ? '{' : 'map[')
    for (const [index, key] of value.sortedKeys().entries()) {
      if (index > 0) this.sink.write(sharpV ? ', ' : ' ')
      this.value(key, verb, depth + 1)
      this.sink.write(':')
      this.value(value.entries.get(key) ?? null, verb, depth + 1)
    }
    this.sink.write(sharpV ? '}' : ']')
  }

  private struct(value: NonNullable<Value>, verb: string, depth: number): void {
    const { sharpV, plusV } = this.flags
    const type = typeOf(value)
    if (type.startsWith('*')) this.sink.write('&')
    if (sharpV) this.sink.write(type.replace('*', ''))
    this.sink.write('{')
    for (const [index, [name, field]] of fieldsOf(value).entries()) {
      if (index > 0) this.sink.write(sharpV ? ', ' : ' ')
      if (sharpV || plusV) this.sink.write(`${name}:`)
      this.value(field, verb, depth + 1)
    }
    this.sink.write('}')
  }
}

/** The fields of a struct that can be told; those of a time are Go's own business. */
function fieldsOf(value: NonNullable<Value>): (readonly [string, Value])[] {
  if (value instanceof Version) {
    const [major, minor, patch] = value.release.map((part) => new Int('uint64', part))
    return [
      ['major', major ?? null],
      ['minor', minor ?? null],
      ['patch', patch ?? null],
      ['pre', value.prerelease],
      ['metadata', value.metadata],
      ['original', value.original],
    ]
  }
  if (typeof value === 'object' && 'cert' in value) {
    return [
      ['Cert', value.cert],
      ['Key', value.key],
    ]
  }
  return []
}
