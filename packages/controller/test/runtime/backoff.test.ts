import { expect, test } from 'vitest'
import { Backoff } from '../../src/runtime/backoff.ts'

test('doubles from 1 s to 5 min, with up to a quarter of jitter, and starts over when forgotten', () => {
  const backoff = new Backoff({ baseMs: 1000, maxMs: 300_000, random: () => 0 })
  const delays = Array.from({ length: 12 }, () => backoff.next('a'))
  expect(delays.slice(0, 4)).toEqual([1000, 2000, 4000, 8000])
  expect(delays.at(-1)).toBe(300_000)
  expect(backoff.next('b')).toBe(1000)
  backoff.forget('a')
  expect(backoff.next('a')).toBe(1000)
  expect(new Backoff({ baseMs: 1000, maxMs: 300_000, random: () => 0.999 }).next('a')).toBe(1250)
})
