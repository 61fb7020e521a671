/** `waxseal reseal`, offline: which SealedSecrets are sealed again, and what is said. */
import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { binPath } from './support/bin.ts'
import { like, masked, noted, OFFLINE, OLD, opened, sealed } from './support/resealing.ts'
import { CERT, KEY, sandbox } from './support/sandbox.ts'
import { KEYS } from './support/transcript.ts'

describe('reseal', () => {
  test('what is current stays byte for byte, and a second run does nothing', async () => {
    const box = sandbox()
    const current = await sealed(box, 'new', { a: 'one' }, CERT)
    box.write('current.yaml', current)
    box.write('old.yaml', await sealed(box, 'old', { a: 'one' }))
    expect((await box.waxseal(['reseal', ...OFFLINE, '.'])).stdout).toBe('old.yaml\n')
    expect(box.read('current.yaml')).toBe(current)
    const [text, { mtimeMs }] = [box.read('old.yaml'), statSync(join(box.folder, 'old.yaml'))]
    const again = await box.waxseal(['reseal', ...OFFLINE, '.'])
    expect(again).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '0 SealedSecrets sealed again in 0 files, 2 sealed for this key before\n',
    })
    expect([box.read('old.yaml'), statSync(join(box.folder, 'old.yaml')).mtimeMs]).toEqual([text, mtimeMs])
  })

  test('with the old key alone: what its note says is believed, and said', async () => {
    const box = sandbox()
    box.write('a.yaml', await noted(box, 'a'))
    const flags = ['reseal', '--key', OLD.key, '--cert', CERT, '.']
    expect((await box.waxseal(flags)).stdout).toBe('a.yaml\n')
    expect(masked(box.read('a.yaml'))).toContain('waxseal.dev/sealed-with: <key>')
    const again = await box.waxseal(flags)
    expect(again).toMatchObject({
      code: 0,
      stdout: '',
      stderr: like(/^warning: 1 SealedSecret not looked into: /),
    })
    const unnoted = await sealed(box, 'b', { a: 'one' }, CERT)
    box.write('b.yaml', unnoted)
    expect(await box.waxseal(flags)).toMatchObject({
      code: 1,
      stderr: like(/error: b\.yaml: SealedSecret shop\/b: no key could decrypt secret \(a\)\n/),
    })
    expect(box.read('b.yaml')).toBe(unnoted)
  })

  test('the note of the key is kept true, and a lying one is not believed', async () => {
    const box = sandbox()
    const [old, current] = [await noted(box, 'a'), await noted(box, 'a', CERT)]
    const fingerprints = [old, current].map((text) => /[0-9a-f]{64}/.exec(text)?.[0] ?? '')
    box.write('lie.yaml', old.replace(fingerprints[0] ?? '', fingerprints[1] ?? ''))
    box.write('true.yaml', old)
    expect((await box.waxseal(['reseal', ...OFFLINE, '.'])).stdout).toBe('lie.yaml\ntrue.yaml\n')
    for (const path of ['lie.yaml', 'true.yaml']) {
      expect(box.read(path)).toContain(fingerprints[1])
      expect(await opened(box, path)).toBe('a=one')
    }
  })

  test('each file is all or nothing; others are done, and the exit code is 1', async () => {
    const box = sandbox()
    const [good, foreign] = [
      await sealed(box, 'good', { a: 'one' }),
      await sealed(box, 'bad', { a: 'x' }, join(KEYS, 'charlie.crt')),
    ]
    box.write('both.yaml', `${good}${foreign}`)
    box.write('broken.yaml', 'kind: SealedSecret\nmetadata:\n  {{ helm }}: {{ helm }}\n')
    box.write('good.yaml', good)
    box.write(
      'shape.yaml',
      'kind: SealedSecret\napiVersion: bitnami.com/v1alpha1\nmetadata: {name: a, namespace: b}\nspec: {encryptedData: {a: 1}}\n',
    )
    const before = ['both.yaml', 'broken.yaml', 'shape.yaml'].map(box.read)
    const { code, stdout, stderr } = await box.waxseal(['reseal', ...OFFLINE, '.'])
    expect([code, stdout]).toEqual([1, 'good.yaml\n'])
    const lines = stderr.split('\n')
    expect(lines[0]).toBe('error: both.yaml: document 2: SealedSecret shop/bad: no key could decrypt secret (a)')
    expect(lines[1]).toMatch(/^error: broken\.yaml: document 1, line \d: /)
    expect(lines[2]).toMatch(/^error: shape\.yaml: SealedSecret: spec\.encryptedData\.a: must be text/)
    expect(lines[3]).toBe('1 SealedSecret sealed again in 1 file, 1 left, for others in their file, 3 failed')
    expect(lines[4]).toBe('error: 3 files not sealed again')
    expect(['both.yaml', 'broken.yaml', 'shape.yaml'].map(box.read)).toEqual(before)
  })

  test('--dry-run writes nothing, -o json says what became of each', async () => {
    const box = sandbox()
    const one = await sealed(box, 'one', { a: 'one' })
    box.write('one.yaml', one)
    const result = await box.waxseal(['reseal', ...OFFLINE, '--dry-run', '-o', 'json', '.'])
    expect(result).toMatchObject({
      code: 0,
      stderr: '1 SealedSecret sealed again in 1 file (dry run: nothing is written)\n',
    })
    expect(JSON.parse(result.stdout)).toEqual([
      {
        file: 'one.yaml',
        namespace: 'shop',
        name: 'one',
        result: 'resealed',
        items: [{ key: 'a', result: 'resealed' }],
      },
    ])
    expect(box.read('one.yaml')).toBe(one)
  })

  test('an interrupted run leaves whole files only, no temporary ones, and says how to finish', async () => {
    const box = sandbox()
    const one = await sealed(box, 'one', { a: 'one' })
    for (let i = 0; i < 400; i++) box.write(`f${i}.yaml`, one)
    const child = spawn(process.execPath, [binPath('waxseal'), 'reseal', ...OFFLINE, '.'], { cwd: box.folder })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    while (box.read('f0.yaml') === one && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve))
    child.kill('SIGTERM')
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect([code, stderr]).toEqual([143, like(/error: interrupted\nhint: .*run it again to finish\n$/)])
    const names = readdirSync(box.folder)
    expect(names.filter((name) => !/^f\d+\.yaml$/.test(name))).toEqual([])
    for (const name of names) expect(masked(box.read(name))).toBe(masked(one))
    expect(names.some((name) => box.read(name) === one)).toBe(true)
    expect(await box.waxseal(['reseal', ...OFFLINE, '.'])).toMatchObject({ code: 0 })
    expect((await box.waxseal(['verify', '--key', KEY, '.'])).code).toBe(0)
  })

  test.each([
    [['reseal'], 2, 'error: a PATH is needed'],
    [['reseal', ...OFFLINE, 'gone'], 2, 'error: open gone: no such file or directory'],
    [['reseal', ...OFFLINE, '-'], 1, 'error: no SealedSecret in stdin\nhint: did the command that writes it fail?\n'],
    [['reseal', ...OFFLINE, '-', '.'], 2, 'error: standard input (-) goes alone'],
    [['reseal', ...OFFLINE, '-', '-'], 2, 'error: standard input (-) can be read only once'],
    [['reseal', ...OFFLINE, '-o', 'json', '-'], 2, 'error: --output is for files, or for --dry-run'],
    [['reseal', ...OFFLINE, '-o', 'xml', '.'], 2, 'error: '],
    [['reseal', ...OFFLINE, '.'], 1, 'error: no SealedSecret in .\n'],
    [['reseal', '--key', OLD.key, '--cert', join(KEYS, 'expired.crt'), '.'], 1, 'error: '],
    [['reseal', '.'], 1, 'error: no cluster configuration found'],
    [['verify', '.', '--key', 'gone'], 1, 'error: open gone: no such file or directory'],
    [['verify', '--key', KEY, '.'], 1, 'error: no SealedSecret in .\n'],
  ])('%j exits %i', async (args, code, start) => {
    const box = sandbox()
    box.write('x.yaml', 'kind: ConfigMap\n')
    const result = await box.waxseal(args)
    expect([result.code, result.stdout, result.stderr.slice(0, start.length)]).toEqual([code, '', start])
  })

  test('a SealedSecret that does not say its namespace gets it from -n', async () => {
    const box = sandbox()
    const bare = (await sealed(box, 'one', { a: 'one' })).replace('  namespace: shop\n', '')
    box.write('one.yaml', bare)
    expect(await box.waxseal(['reseal', ...OFFLINE, '.'])).toMatchObject({ code: 1 })
    expect(await box.waxseal(['reseal', ...OFFLINE, '-n', 'shop', '.'])).toMatchObject({ code: 0 })
    expect(masked(box.read('one.yaml'))).toBe(masked(bare))
    expect(await box.waxseal(['verify', '--key', KEY, '-n', 'shop', '.'])).toMatchObject({ code: 0 })
  })
})
