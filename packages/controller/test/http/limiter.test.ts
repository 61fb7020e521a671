import { expect, test } from 'vitest'
import { RateLimiter } from '../../src/http/limiter.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

const limiter = (perSecond = 2, burst = 2) => {
  const clock = new FakeClock()
  return { clock, limiter: new RateLimiter({ perSecond, burst }, clock) }
}

test('one request and the burst at once, then the rate', async () => {
  const { clock, limiter: limited } = limiter()
  expect([1, 2, 3, 4].map(() => limited.ask('10.0.0.1'))).toEqual([0, 0, 0, 500])
  await clock.advance(499)
  expect(limited.ask('10.0.0.1')).toBe(1)
  await clock.advance(1)
  expect([limited.ask('10.0.0.1'), limited.ask('10.0.0.1')]).toEqual([0, 500])
  await clock.advance(60_000)
  expect([1, 2, 3, 4].map(() => limited.ask('10.0.0.1') === 0)).toEqual([true, true, true, false])
})

test('setting the clock changes nothing', () => {
  const { clock, limiter: limited } = limiter(1, 0)
  limited.ask('10.0.0.1')
  clock.jump(3_600_000)
  expect(limited.ask('10.0.0.1')).toBe(1000)
})

test.each([
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['2001:db8::1', '2001:db8:0:0:5::', true],
  ['fe80::1%eth0', 'fe80::2%eth1', true],
  ['::1', '::1', true],
])('%s and %s: one client? %s', (first, second, same) => {
  const { limiter: limited } = limiter(1, 0)
  limited.ask(first)
  expect(limited.ask(second) > 0).toBe(same)
})

test('a flood of addresses takes bounded memory, and those beyond it share one limit', async () => {
  const { clock, limiter: limited } = limiter(1, 0)
  for (let i = 0; i < 10_000; i++) expect(limited.ask(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)).toBe(0)
  expect([limited.ask('192.0.2.1'), limited.ask('192.0.2.2') > 0]).toEqual([0, true])
  await clock.advance(1000)
  expect([limited.ask('192.0.2.3'), limited.ask('192.0.2.4')]).toEqual([0, 0])
})
