import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runProgram } from '../cli/support/bin.ts'
import { root } from './blocks.ts'
import { reference } from './reference.ts'

test('what the reference says of the controller is what it prints, in whatever terminal', async () => {
  const bin = `${root}packages/controller/bin/waxseal-controller.js`
  const { stdout } = await runProgram(process.execPath, [bin, '--help'], { cwd: root })
  expect(reference()).toContain(stdout.trimEnd())
})

test('docs/reference.md is what the help pages say: npm run reference', () => {
  expect(readFileSync(`${root}docs/reference.md`, 'utf8')).toBe(reference())
})
