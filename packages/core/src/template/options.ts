/** What one rendering may use. A step is about a microsecond of work. */
export interface Limits {
  /** Bytes of the template's text. */
  readonly source: number
  /** Actions, function calls and the work inside of them. */
  readonly steps: number
  /** Bytes written. */
  readonly output: number
  /** Bytes of one string on the way. */
  readonly text: number
  /** Elements of one list. */
  readonly elements: number
  /** Parentheses and blocks inside of each other, while reading. */
  readonly nesting: number
  /** Templates that call each other, and values inside of values. */
  readonly depth: number
  /** Milliseconds, looked at every thousand steps. */
  readonly time: number
}

export const DEFAULT_LIMITS: Limits = {
  source: 1 << 20,
  steps: 2_000_000,
  output: 1 << 20,
  text: 2 << 20,
  elements: 100_000,
  nesting: 1000,
  depth: 100,
  time: 3000,
}

/** What the functions take from the world. */
export interface Ports {
  /** Milliseconds since 1970, for `now`, `ago`, dates and certificates. */
  readonly clock: () => number
  /** Milliseconds of a clock that is never set, for the limit of time. */
  readonly elapsed: () => number
  /** So many random bytes, fit for keys. */
  readonly random: (size: number) => Uint8Array
}

const LARGEST_REQUEST = 65_536

/** The system's clock and the engine's random numbers. */
export const DEFAULT_PORTS: Ports = {
  clock: () => Date.now(),
  elapsed: () => performance.now(),
  random: (size) => {
    const out = new Uint8Array(size)
    for (let at = 0; at < size; at += LARGEST_REQUEST) crypto.getRandomValues(out.subarray(at, at + LARGEST_REQUEST))
    return out
  },
}
