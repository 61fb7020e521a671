import type { Context } from '../context.ts'

export interface Progress {
  /** One more is done. */
  step(): void
  /** Takes the bar away. */
  end(): void
}

const WIDTH = 30
const PAUSE_MS = 100

/** A bar on standard error with the rate and the time left, where that is a terminal; else nothing. */
export function progress({ stderr, env }: Context, what: string, total: number): Progress {
  if (!stderr.isTerminal || env.TERM === 'dumb' || total < 2) return { step: () => undefined, end: () => undefined }
  const began = performance.now()
  let [done, shownAt] = [0, 0]
  return {
    step() {
      done += 1
      const now = performance.now()
      if (now - shownAt < PAUSE_MS) return
      shownAt = now
      const filled = Math.floor((done / total) * WIDTH)
      const bar = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total}`
      stderr.write(`\r${what} ${bar}${speed(done, total, now - began)}\u001B[K`)
    },
    end: () => {
      if (shownAt > 0) stderr.write('\r\u001B[K')
    },
  }
}

/** `, 45/s, 22 s left`, once there is something to go by. */
function speed(done: number, total: number, ms: number): string {
  if (ms < PAUSE_MS) return ''
  const rate = (done / ms) * 1000
  const left = Math.ceil((total - done) / rate)
  const time = left < 100 ? `${left} s` : `${Math.ceil(left / 60)} min`
  return `, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s, ${time} left`
}
