import type { Clock } from './clock.ts'
import type { Memo } from './memo.ts'

const FIRST_MS = 1000
const MAX_MS = 300_000
const CALM_MS = 600_000

/**
 * Somebody else who keeps changing or removing a Secret must not get into a race with us: the first repair comes at
 * once, each further one waits twice as long, until there was calm for ten minutes.
 */
export function healingDelay(memo: Memo, clock: Clock): number {
  return Math.max(0, (memo.healAfter ?? 0) - clock.monotonic())
}

export function noteHealing(memo: Memo, clock: Clock): void {
  const now = clock.monotonic()
  const calm = memo.healAfter === undefined || now - memo.healAfter > CALM_MS
  const heals = calm ? 0 : (memo.heals ?? 0)
  memo.heals = heals + 1
  memo.healAfter = now + Math.min(FIRST_MS * 2 ** Math.min(heals, 20), MAX_MS)
}
