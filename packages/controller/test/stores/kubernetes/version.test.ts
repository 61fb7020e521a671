import { expect, test } from 'vitest'
import { isOlder } from '../../../src/stores/kubernetes/version.ts'

test.each([
  ['1', '2', true],
  ['9', '10', true],
  ['10', '9', false],
  ['7', '7', false],
  ['99999999999999999998', '99999999999999999999', true],
  ['99999999999999999999', '100000000000000000000', true],
  ['abc', '2', false],
  ['1', 'abc', false],
  ['', '1', false],
])('%s before %s: %s', (a, b, expected) => {
  expect(isOlder(a, b)).toBe(expected)
})
