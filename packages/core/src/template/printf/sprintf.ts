import type { Budget } from '../budget.ts'
import { type ByteString, runeAt } from '../text/bytestring.ts'
import { typeOf } from '../value/types.ts'
import { Int, type Value } from '../value/values.ts'
import { noFlags } from './flags.ts'
import { Printer } from './printer.ts'

/** Wider is no number to Go. */
const LARGEST = 1_000_000

/** fmt.Sprintf. Mistakes in the format become part of the text, as in Go. */
export function sprintf(format: ByteString, values: readonly Value[], budget: Budget): ByteString {
  return new Formatting(format, values, budget).run()
}

interface Parsed {
  readonly value: number | undefined
  readonly next: number
}

class Formatting {
  private readonly format: ByteString
  private readonly values: readonly Value[]
  private readonly printer: Printer
  private at = 0
  private argument = 0
  /** An explicit index was used: superfluous arguments are then no mistake. */
  private reordered = false
  private indexFits = true
  private afterIndex = false
  /** Where the last bracket stands, so that none is looked for in vain again and again. */
  private readonly lastClose: number

  constructor(format: ByteString, values: readonly Value[], budget: Budget) {
    this.format = format
    this.lastClose = format.lastIndexOf(']')
    this.values = values
    this.printer = new Printer(budget)
  }

  run(): ByteString {
    const { format } = this
    while (this.at < format.length) {
      const percent = format.indexOf('%', this.at)
      const end = percent < 0 ? format.length : percent
      this.write(format.slice(this.at, end))
      this.at = end + 1
      if (percent >= 0) this.directive()
    }
    this.printer.flags = noFlags()
    if (!this.reordered && this.argument < this.values.length) this.extra()
    return this.printer.sink.value
  }

  private write(text: string): void {
    if (text !== '') this.printer.sink.write(text)
  }

  private directive(): void {
    this.printer.flags = noFlags()
    this.indexFits = true
    this.afterIndex = false
    this.readFlags()
    this.readIndex()
    this.readWidth()
    if (this.format.charAt(this.at) === '.' && this.at + 1 < this.format.length) this.readPrecision()
    if (!this.afterIndex) this.readIndex()
    if (this.at >= this.format.length) {
      this.write('%!(NOVERB)')
      return
    }
    const { width } = runeAt(this.format, this.at)
    const verb = this.format.slice(this.at, this.at + width)
    this.at += width
    this.verb(verb)
  }

  private verb(verb: string): void {
    const { flags } = this.printer
    if (verb === '%') {
      this.write('%')
    } else if (!this.indexFits) {
      this.write(`%!${verb}(BADINDEX)`)
    } else if (this.argument >= this.values.length) {
      this.write(`%!${verb}(MISSING)`)
    } else {
      if (verb === 'v') {
        flags.sharpV = flags.sharp
        flags.plusV = flags.plus
        flags.sharp = false
        flags.plus = false
      }
      this.printer.print(this.values[this.argument] ?? null, verb)
      this.argument += 1
    }
  }

  private readFlags(): void {
    const { flags } = this.printer
    for (; ; this.at++) {
      switch (this.format.charAt(this.at)) {
        case '#':
          flags.sharp = true
          break
        case '0':
          flags.zero = true
          break
        case '+':
          flags.plus = true
          break
        case '-':
          flags.minus = true
          break
        case ' ':
          flags.space = true
          break
        default:
          return
      }
    }
  }

  /** `[3]` */
  private readIndex(): void {
    this.afterIndex = false
    if (this.format.charAt(this.at) !== '[') return
    this.reordered = true
    const close = this.at < this.lastClose ? this.format.indexOf(']', this.at + 1) : -1
    if (close < 0 || this.format.length - this.at < 3) {
      this.indexFits = false
      this.at += 1
      return
    }
    const { value, next } = this.number(this.at + 1)
    this.at = close + 1
    const fits = value !== undefined && next === close
    this.afterIndex = fits
    if (fits && value >= 1 && value <= this.values.length) this.argument = value - 1
    else this.indexFits = false
  }

  private readWidth(): void {
    const { flags } = this.printer
    if (this.format.charAt(this.at) === '*') {
      this.at += 1
      const width = this.numberFromArgument()
      if (width === undefined) this.write('%!(BADWIDTH)')
      if (width !== undefined && width < 0) {
        flags.minus = true
        flags.zero = false
      }
      flags.width = width === undefined ? undefined : Math.abs(width)
      this.afterIndex = false
      return
    }
    const { value, next } = this.number(this.at)
    this.at = next
    flags.width = value
    if (this.afterIndex && value !== undefined) this.indexFits = false
  }

  private readPrecision(): void {
    const { flags } = this.printer
    this.at += 1
    if (this.afterIndex) this.indexFits = false
    this.readIndex()
    if (this.format.charAt(this.at) === '*') {
      this.at += 1
      const precision = this.numberFromArgument()
      flags.precision = precision !== undefined && precision >= 0 ? precision : undefined
      if (flags.precision === undefined) this.write('%!(BADPREC)')
      this.afterIndex = false
      return
    }
    const { value, next } = this.number(this.at)
    this.at = next
    flags.precision = value ?? 0
  }

  private number(from: number): Parsed {
    const digits = /^[0-9]*/.exec(this.format.slice(from, from + 16))?.[0] ?? ''
    if (Number(digits) > LARGEST) return { value: undefined, next: this.format.length }
    return { value: digits === '' ? undefined : Number(digits), next: from + digits.length }
  }

  private numberFromArgument(): number | undefined {
    const value = this.values[this.argument]
    if (this.argument < this.values.length) this.argument += 1
    if (!(value instanceof Int)) return undefined
    const number = Number(value.value)
    return Math.abs(number) > LARGEST ? undefined : number
  }

  private extra(): void {
    this.write('%!(EXTRA ')
    for (const [index, value] of this.values.slice(this.argument).entries()) {
      if (index > 0) this.write(', ')
      if (value === null) {
        this.write('<nil>')
      } else {
        this.write(`${typeOf(value)}=`)
        this.printer.print(value, 'v')
      }
    }
    this.write(')')
  }
}
