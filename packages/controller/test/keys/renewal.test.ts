import { expect, test } from 'vitest'
import { dueIn, Renewal, type RenewalOptions } from '../../src/keys/renewal.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const PERIOD = 30 * DAY

/** A renewal over keys that are only times of birth. */
function renewing(born: number[], overrides: Partial<RenewalOptions> = {}) {
  const clock = new FakeClock()
  const made: number[] = []
  const stop = new AbortController()
  const start = clock.now()
  const keys = born.map((age) => start - age)
  const renewal = new Renewal({
    clock,
    random: () => 0,
    periodMs: PERIOD,
    cutoff: undefined,
    newest: (now) => {
      const past = keys.filter((time) => time <= now)
      return past.length === 0 ? undefined : Math.max(...past)
    },
    make: () => {
      keys.push(clock.now())
      made.push(clock.monotonic())
      return Promise.resolve(true)
    },
    ...overrides,
  })
  return { clock, made, keys, start, stop, running: renewal.run(stop.signal) }
}

test('the newest key counts, not the process', async () => {
  const { clock, made, stop, running } = renewing([100 * DAY, 29 * DAY])
  await clock.advance(DAY - 1)
  expect(made).toEqual([])
  await clock.advance(1)
  expect(made).toEqual([DAY])
  await clock.advance(PERIOD - 1)
  expect(made).toHaveLength(1)
  await clock.advance(1)
  expect(made).toEqual([DAY, DAY + PERIOD])
  stop.abort()
  await running
})

test('a key that is overdue at start is replaced at once', async () => {
  const { clock, made, stop, running } = renewing([31 * DAY])
  await clock.advance(0)
  expect(made).toEqual([0])
  stop.abort()
  await running
})

test('0 is never; without any key it is not age that makes one', async () => {
  const off = renewing([5000 * DAY], { periodMs: 0 })
  const none = renewing([])
  await off.clock.advance(DAY)
  await none.clock.advance(DAY)
  expect([off.made, none.made]).toEqual([[], []])
  for (const { stop } of [off, none]) stop.abort()
  await Promise.all([off.running, none.running])
})

test('a date that has passed replaces older keys, once; one to come does when it comes', async () => {
  const now = new FakeClock().now()
  const past = renewing([5 * DAY], { periodMs: 0, cutoff: now - DAY })
  await past.clock.advance(2 * DAY)
  expect(past.made).toEqual([0])
  const newer = renewing([DAY / 2], { periodMs: 0, cutoff: now - DAY })
  await newer.clock.advance(2 * DAY)
  expect(newer.made).toEqual([])
  const coming = renewing([5 * DAY], { periodMs: 0, cutoff: now + DAY })
  await coming.clock.advance(DAY - 1)
  expect(coming.made).toEqual([])
  await coming.clock.advance(2 * DAY)
  expect(coming.made).toEqual([DAY])
  for (const { stop } of [past, newer, coming]) stop.abort()
  await Promise.all([past.running, newer.running, coming.running])
})

test('a wall clock that is set does not make keys without end', async () => {
  const { clock, made, stop, running } = renewing([DAY])
  await clock.advance(0)
  for (let turn = 0; turn < 50; turn++) {
    clock.jump(365 * DAY)
    await clock.advance(60_000)
    clock.jump(-365 * DAY)
    await clock.advance(60_000)
  }
  // 100 minutes: one an hour at most.
  expect(made.length).toBeLessThanOrEqual(2)
  // A key from a future that was none does not count, so the next one comes when it is due.
  const before = made.length
  await clock.advance(30 * DAY)
  expect(made).toHaveLength(before + 1)
  stop.abort()
  await running
})

test('a clock that is set forward is noticed within minutes', async () => {
  const { clock, made, stop, running } = renewing([DAY])
  await clock.advance(0)
  clock.jump(40 * DAY)
  await clock.advance(600_000)
  expect(made).toHaveLength(1)
  stop.abort()
  await running
})

test('what fails is tried again with growing pauses', async () => {
  let tries = 0
  const { clock, stop, running } = renewing([31 * DAY], {
    make: () => {
      tries += 1
      return Promise.resolve(false)
    },
  })
  await clock.advance(HOUR)
  expect(tries).toBeGreaterThan(5)
  expect(tries).toBeLessThan(15)
  stop.abort()
  await running
})

test.each([
  [{ periodMs: 0, cutoff: undefined }, undefined],
  [{ periodMs: 10, cutoff: undefined }, 5],
  [{ periodMs: 0, cutoff: 90 }, undefined],
  [{ periodMs: 10, cutoff: 101 }, -4],
  [{ periodMs: 100, cutoff: 107 }, 2],
])('due: %j', (options, due) => {
  expect(dueIn(105, 100, options)).toBe(due)
})
