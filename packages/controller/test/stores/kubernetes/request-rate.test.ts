import { expect, test } from 'vitest'
import { requestRate } from '../../../src/stores/kubernetes/request-rate.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

test('a burst goes at once, what follows at the rate, in order', async () => {
  const clock = new FakeClock()
  const admit = requestRate({ perSecond: 2, burst: 3 }, clock)
  const went: [number, number][] = []
  const { signal } = new AbortController()
  const calls = Array.from({ length: 6 }, async (_, index) => {
    await admit(signal)
    went.push([index, clock.monotonic()])
  })
  await clock.advance(10_000)
  await Promise.all(calls)
  expect(went).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 500],
    [4, 1000],
    [5, 1500],
  ])
  await clock.advance(500)
  await admit(signal)
  expect(clock.pending).toBe(0)
})

test('who waits is let go when everything ends', async () => {
  const clock = new FakeClock()
  const admit = requestRate({ perSecond: 0.001, burst: 1 }, clock)
  const stop = new AbortController()
  await admit(stop.signal)
  const waiting = admit(stop.signal)
  stop.abort()
  expect(await waiting.then(() => 'let go')).toBe('let go')
})
