/** Which keys a run tries: each wrong one costs a whole RSA operation. */
import { readFileSync } from 'node:fs'
import { type KeyRing, OpeningKey, Plaintext, WaxsealError } from '@waxseal/core'
import { expect, test } from 'vitest'
import { learning } from '../../src/reseal/engine.ts'

const key = (name: string) =>
  OpeningKey.import(readFileSync(new URL(`../../../../test/vectors/keys/${name}.key`, import.meta.url), 'utf8'))
/** Only how many there are is looked at. */
const keys = await Promise.all(['alpha', 'bravo', 'charlie'].map(key))

/** A ring of three keys of which only `right` opens; counts what it tries. */
function counting(right: string): { ring: KeyRing; tries: () => number } {
  let tries = 0
  const names = ['newest', 'old', 'oldest']
  const open: KeyRing['open'] = async (_envelope, _label, hint = []) => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    for (const fingerprint of [...hint, ...names.filter((name) => !hint.includes(name))]) {
      tries += 1
      if (fingerprint === right) return { plaintext: Plaintext.text(''), fingerprint }
    }
    throw new WaxsealError('no-key', 'no key could decrypt secret')
  }
  return { ring: { keys, open }, tries: () => tries }
}

const NOTHING = new Uint8Array(0)

test('the first value finds the key for all others, also those asked for at the same time', async () => {
  const { ring, tries } = counting('oldest')
  const learned = learning(ring)
  await Promise.all(Array.from({ length: 100 }, () => learned.open(NOTHING, NOTHING)))
  expect(tries()).toBe(3 + 99)
})

test('a hint goes before what was learned', async () => {
  const { ring, tries } = counting('old')
  const learned = learning(ring)
  await learned.open(NOTHING, NOTHING, ['old'])
  expect(tries()).toBe(1)
})

test('a first value that nothing opens does not stop the others', async () => {
  const { ring } = counting('none')
  const learned = learning(ring)
  const results = await Promise.allSettled([learned.open(NOTHING, NOTHING), learned.open(NOTHING, NOTHING)])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
