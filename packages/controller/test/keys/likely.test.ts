import { expect, test } from 'vitest'
import { likelyKeys } from '../../src/keys/likely.ts'

const ages = [
  { fingerprint: 'march', since: 300 },
  { fingerprint: 'february', since: 200 },
  { fingerprint: 'january', since: 100 },
]

test.each([
  ['the newest of that time first, then older ones, then what came later', 250, ['february', 'january', 'march']],
  ['written in the moment in which a key came', 200, ['february', 'january', 'march']],
  ['written after all', 900, ['march', 'february', 'january']],
  ['written before all: what came soonest after that', 1, ['january', 'february', 'march']],
  ['a time that nobody knows', undefined, ['march', 'february', 'january']],
])('%s', (_, writtenAt, expected) => {
  expect(likelyKeys(ages, { writtenAt, before: [], unchanged: false })).toEqual(expected)
})

test('what opened it opens it again, and after a change comes second', () => {
  const traces = { writtenAt: 350, before: ['january', 'gone'] }
  expect(likelyKeys(ages, { ...traces, unchanged: true })).toEqual(['january', 'gone', 'march', 'february'])
  expect(likelyKeys(ages, { ...traces, unchanged: false })).toEqual(['march', 'january', 'gone', 'february'])
})
