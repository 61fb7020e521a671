import { expect, test } from 'vitest'
import { FLAGS } from '../../packages/controller/src/flag-table.ts'
import { operations, withFlags } from './flags.ts'

test('the flags of docs/operations.md are those of the controller: npm run reference', () => {
  expect(operations()).toContain(`| \`--${FLAGS[0]?.name}`)
  expect(operations()).toBe(withFlags(operations()))
})
