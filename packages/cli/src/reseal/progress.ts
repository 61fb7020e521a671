import type { Context } from '../context.ts'

export interface Progress {
  /** One more is done. */
  step(): void
  /** Takes the bar away. */
  end(): void
}

const WIDTH = 30
const PAUSE_MS = 100

/** A bar on standard error, where that is a terminal; else nothing. */
export function progress({ stderr, env }: Context, what: string, total: number): Progress {
  if (!stderr.isTerminal || env.TERM === 'dumb' || total < 2) return { step: () => undefined, end: () => undefined }
  let [done, shownAt] = [0, 0]
  return {
    step() {
      done += 1
      const now = performance.now()
      if (now - shownAt < PAUSE_MS) return
      shownAt = now
      const filled = Math.floor((done / total) * WIDTH)
      stderr.write(`\r${what} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total}`)
    },
    end: () => {
      if (shownAt > 0) stderr.write('\r\u001B[K')
    },
  }
}
