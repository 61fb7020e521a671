import { LimitFault } from './fault.ts'
import type { Limits, Ports } from './options.ts'
import type { ByteString } from './text/bytestring.ts'

const LOOK_AT_CLOCK = 1000
const BYTES_A_STEP = 64
const CHARACTERS_A_STEP = 8
const COMPARISONS_A_STEP = 20_000

/** Counts what a rendering uses and ends it with a LimitFault when that is too much. */
export class Budget {
  readonly limits: Limits
  private steps: number
  private lookAt: number
  private readonly ports: Ports
  private readonly end: number

  constructor(limits: Limits, ports: Ports) {
    this.limits = limits
    this.ports = ports
    this.steps = limits.steps
    this.lookAt = limits.steps - LOOK_AT_CLOCK
    this.end = ports.elapsed() + limits.time
  }

  spend(steps: number): void {
    this.steps -= steps
    if (this.steps < this.lookAt) this.look()
  }

  /** Claims the work and the room for a string before it is made. */
  text(length: number): void {
    this.room(length)
    this.spend(Math.ceil(length / BYTES_A_STEP))
  }

  /** Refuses a string of such a length. */
  room(length: number): void {
    if (length > this.limits.text) throw new LimitFault(`a text of more than ${this.limits.text} bytes`)
  }

  /** Claims the work of going through a string character by character. */
  slow(value: ByteString): ByteString {
    this.spend(Math.ceil(value.length / CHARACTERS_A_STEP))
    return value
  }

  /** Claims the work of looking for a part in a string, which at worst grows with both. */
  search(value: ByteString, part: ByteString): void {
    this.spend(Math.ceil((value.length * part.length) / COMPARISONS_A_STEP))
  }

  /** Looks at the clock now: for work whose length is known only afterwards. */
  look(): void {
    if (this.steps < 0) throw new LimitFault(`exceeded the limit of ${this.limits.steps} steps`)
    if (this.ports.elapsed() > this.end) throw new LimitFault(`exceeded the limit of ${this.limits.time} ms`)
    this.lookAt = this.steps - LOOK_AT_CLOCK
  }

  /** Claims the room for a list before it is made. */
  elements(count: number): void {
    if (count > this.limits.elements) throw new LimitFault(`a list of more than ${this.limits.elements} elements`)
    this.spend(Math.ceil(count / 4))
  }

  /** Passes a string through that was just made. */
  made(value: ByteString): ByteString {
    this.text(value.length)
    return value
  }

  depth(depth: number): void {
    if (depth > this.limits.depth) throw new LimitFault(`exceeded the depth of ${this.limits.depth}`)
  }
}
