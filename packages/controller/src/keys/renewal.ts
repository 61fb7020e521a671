/** When a new key is due: one a period, judged by the age of the newest, and one after a date that is given. */
import { type Clock, sleep } from '../clock.ts'
import { Backoff } from '../runtime/backoff.ts'

export interface RenewalOptions {
  readonly clock: Clock
  readonly random: () => number
  /** 0: never by age. */
  readonly periodMs: number
  /** Wall time in ms; keys from before that time are replaced. */
  readonly cutoff: number | undefined
  /** Since when the newest key counts that is not from after `now`; undefined while there is none. */
  readonly newest: (now: number) => number | undefined
  /** Makes a key; false when that failed. */
  readonly make: (signal: AbortSignal) => Promise<boolean>
}

const RETRY = { baseMs: 10_000, maxMs: 600_000 }
/** Keys come and go, and wall clocks are set: nobody tells when. */
const LOOK_MS = 600_000
/** Whatever the wall clock does, a process makes no more keys than one in this time. */
const LEAST_MS = 3_600_000

/** Milliseconds until a key is due by the wall clock, at most 0 when it is now; undefined for never. */
export function dueIn(
  now: number,
  newest: number,
  { periodMs, cutoff }: { periodMs: number; cutoff: number | undefined },
): number | undefined {
  const times: number[] = []
  if (periodMs > 0) times.push(newest + periodMs)
  // A date to come counts when it has come: until then every key is older.
  if (cutoff !== undefined && newest < cutoff) times.push(cutoff)
  return times.length === 0 ? undefined : Math.min(...times) - now
}

export class Renewal {
  readonly #options: RenewalOptions
  /** Monotonic. */
  #notBefore = Number.NEGATIVE_INFINITY

  constructor(options: RenewalOptions) {
    this.#options = options
  }

  /** Makes the keys that are due, until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, make, periodMs, random } = this.#options
    const backoff = new Backoff({ ...RETRY, random })
    while (!signal.aborted) {
      const wait = this.#wait()
      if (wait > 0) {
        await sleep(clock, Math.min(wait, LOOK_MS), signal)
        continue
      }
      if (await make(signal)) {
        backoff.forget('')
        this.#notBefore = clock.monotonic() + (periodMs > 0 ? Math.min(periodMs, LEAST_MS) : LEAST_MS)
      } else await sleep(clock, backoff.next(''), signal)
    }
  }

  #wait(): number {
    const { clock, newest } = this.#options
    const now = clock.now()
    const born = newest(now)
    // Without any key it is not age that makes one.
    const due = born === undefined ? undefined : dueIn(now, born, this.#options)
    if (due === undefined) return LOOK_MS
    return Math.max(due, this.#notBefore - clock.monotonic())
  }
}
