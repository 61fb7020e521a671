/** `waxseal rm`: entries of a file go, nothing else. */
import { describe, expect, test } from 'vitest'
import { CERT, KEY, matching, sandbox } from './support/sandbox.ts'
import { openedValues, writeLayout } from './support/sealed.ts'

const DB = ['--name', 'db']
const set = (...args: string[]) => ['set', '--cert', CERT, ...args]

describe('waxseal rm', () => {
  test('takes entries out, everything else byte for byte', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(['rm', ...DB, 'all.yaml', 'c'])
    expect(result).toEqual({
      code: 0,
      stdout: '',
      stderr: 'all.yaml: SealedSecret shop/db: removed c\n',
      timedOut: false,
    })
    expect(box.read('all.yaml')).toBe(before.replace(/ {8}c: .*\n/, ''))
  })

  test('the last key goes with a warning, and what is left is a SealedSecret', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(['rm', ...DB, 'all.yaml', 'c', 'a'])
    expect(result).toMatchObject({
      code: 0,
      stderr: matching(/\nwarning: SealedSecret shop\/db has no values left/),
    })
    expect(box.read('all.yaml')).toBe(
      before.replace(/ {8}[ac]: .*\n/g, '').replace('encryptedData: #', 'encryptedData: {} #'),
    )
    expect(await box.waxseal(set(...DB, 'all.yaml', 'a'), { stdin: '7' })).toMatchObject({ code: 0 })
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: '7' })
  })

  test('an unknown key removes nothing', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(['rm', ...DB, 'all.yaml', 'a', 'b'])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toBe(
      'error: all.yaml: SealedSecret shop/db has no key b\nhint: it has a, c; nothing was changed\n',
    )
    expect(box.read('all.yaml')).toBe(before)
  })

  test('--dry-run prints the file', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(['rm', '--name', 'other', '--dry-run', 'all.yaml', 'x'])
    expect(result.stdout).toBe(before.replace(/\{x: \S+\}\}/, '{}}'))
    expect(box.read('all.yaml')).toBe(before)
  })

  test('needs no key and no certificate', async () => {
    const box = sandbox()
    await writeLayout(box)
    const result = await box.waxseal(['rm', '--key', KEY, 'all.yaml', 'a'])
    expect(result).toMatchObject({
      code: 2,
      stderr: matching(/^error: unknown flag: --key\nhint: waxseal rm --help/),
    })
  })
})
