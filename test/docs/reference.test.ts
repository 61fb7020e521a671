import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root } from './blocks.ts'
import { reference } from './reference.ts'

test('docs/reference.md is what the help pages say: npm run reference', () => {
  expect(readFileSync(`${root}docs/reference.md`, 'utf8')).toBe(reference())
})
