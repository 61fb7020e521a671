import type { Budget } from '../budget.ts'
import { type ByteString, bytes, runeCount } from '../text/bytestring.ts'

/** What stands between the percent sign and the verb. */
export interface Flags {
  minus: boolean
  plus: boolean
  sharp: boolean
  space: boolean
  zero: boolean
  /** `%+v`, `%#v`: the flag is meant for structure, not for the numbers in it. */
  plusV: boolean
  sharpV: boolean
  width: number | undefined
  precision: number | undefined
}

export function noFlags(): Flags {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  }
}

/** Text that grows under a budget. */
export class Sink {
  readonly budget: Budget
  private text = ''

  constructor(budget: Budget) {
    this.budget = budget
  }

  write(text: string): void {
    this.text += text
    this.budget.spend(1 + (text.length >> 6))
    this.budget.room(this.text.length)
  }

  get value(): ByteString {
    return bytes(this.text)
  }
}

/** Fills up to the width, which counts characters. */
export function pad(text: string, flags: Flags, zeros: boolean = flags.zero): string {
  const missing = (flags.width ?? 0) - runeCount(bytes(text))
  if (missing <= 0) return text
  if (flags.minus) return text + ' '.repeat(missing)
  return (zeros ? '0' : ' ').repeat(missing) + text
}
