/** What the usual commands do without: help, completion and large packages stay unread, for the start's sake. */
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { binPath, runProgram } from './support/bin.ts'
import { CERT, KEY, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'

const PACKAGE = join(dirname(binPath('waxseal')), '..')

/** The package without `bundle/lazy`, where all is that is read late. */
function withoutLazy(box: Sandbox): string {
  const copy = join(box.folder, 'cli')
  mkdirSync(copy)
  for (const part of ['bin', 'bundle', 'package.json'])
    cpSync(join(PACKAGE, part), join(copy, part), { recursive: true })
  rmSync(join(copy, 'bundle/lazy'), { recursive: true })
  return join(copy, 'bin/waxseal.js')
}

test('seal, unseal and check need nothing that is read late', async () => {
  const box = sandbox()
  const bin = withoutLazy(box)
  const waxseal = (args: readonly string[], stdin = '') =>
    runProgram(process.execPath, [bin, ...args], { cwd: box.folder, stdin })
  const sealing = ['seal', '--cert', CERT, '-w', 'sealed.yaml']
  expect(await waxseal(sealing, secretYaml('db', { password: 'hunter2' }))).toMatchObject({ code: 0, stderr: '' })
  expect((await waxseal(['unseal', '--key', KEY, 'sealed.yaml'])).stdout).toContain(btoa('hunter2'))
  expect(await waxseal(['check', 'sealed.yaml'])).toMatchObject({ code: 0, stdout: '' })
  // And that it is not there is noticed: the copy has no help.
  expect((await waxseal(['seal', '--help'])).code).toBe(1)
})
