/** -o: what changed and what was found, for programs; and standard input in the place of files. */
import { readFileSync } from 'node:fs'
import { asObject } from '@waxseal/core'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { masked as maskedKeys, noted, OFFLINE, OLD, opened, sealed } from './support/resealing.ts'
import { CERT, containing, KEY, matching, type Sandbox, sandbox } from './support/sandbox.ts'
import { masked, openedValues, writeLayout } from './support/sealed.ts'

const SEALED = /^[A-Za-z0-9+/]{300,}={0,2}$/
const FINGERPRINT = matching(/^[0-9a-f]{64}$/)
const DB = ['--name', 'db', 'all.yaml']

type Options = Parameters<Sandbox['waxseal']>[1]

/** What the command prints with -o json and with -o yaml, which must be the same; nothing in it may be a value. */
async function reported(box: Sandbox, args: readonly string[], options: Options = {}): Promise<unknown> {
  const json = await box.waxseal([...args, '-o', 'json'], options)
  const yaml = await box.waxseal([...args, '-o', 'yaml'], options)
  const data: unknown = JSON.parse(json.stdout)
  expect(parse(yaml.stdout, { version: '1.1' })).toEqual(data)
  expect(yaml.code).toBe(json.code)
  expect(json.stdout).not.toMatch(/[A-Za-z0-9+/]{100}/)
  return data
}

describe('set, rm and edit', () => {
  const entry = { file: 'all.yaml', namespace: 'shop', name: 'db' }

  test('say which keys were added, changed and removed, and never a value', async () => {
    const box = sandbox()
    await writeLayout(box)
    box.write('v', 'new')
    const set = ['set', '--cert', CERT, '--dry-run', ...DB, 'a=v', 'b=v']
    const items = [
      { key: 'a', result: 'changed' },
      { key: 'b', result: 'added' },
    ]
    expect(await reported(box, set)).toEqual([{ ...entry, result: 'changed', items }])
    const rm = [{ key: 'c', result: 'removed' }]
    expect(await reported(box, ['rm', '--dry-run', ...DB, 'c'])).toEqual([{ ...entry, result: 'changed', items: rm }])
    const edit = ['edit', '--dry-run', '--key', KEY, '--cert', CERT, ...DB]
    const by = (editor: string) => reported(box, edit, { env: { EDITOR: editor } })
    expect(await by('true')).toEqual([{ ...entry, result: 'unchanged', items: [] }])
    const edited = [
      { key: 'a', result: 'changed' },
      { key: 'c', result: 'removed' },
    ]
    expect(await by("sed -i -e 's/^  a:.*/  a: new/' -e '/^  c:/d'")).toEqual([
      { ...entry, result: 'changed', items: edited },
    ])
  })

  test('write the file all the same, and -o name says its name', async () => {
    const box = sandbox()
    await writeLayout(box)
    const set = await box.waxseal(['set', '--cert', CERT, '-o', 'name', ...DB, 'a'], { stdin: 'new' })
    expect(set).toMatchObject({ code: 0, stdout: 'all.yaml\n', stderr: containing('set a') })
    expect((await box.waxseal(['rm', '-o', 'name', ...DB, 'c'])).stdout).toBe('all.yaml\n')
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: 'new' })
  })

  test('take a manifest from standard input, and print it', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    box.write('v', 'new')
    const set = await box.waxseal(['set', '--cert', CERT, '--name', 'db', '-', 'a=v'], { stdin: before })
    expect(set).toMatchObject({ code: 0, stderr: 'stdin: SealedSecret shop/db: set a\n' })
    expect(masked(set.stdout)).toBe(masked(before))
    const rm = await box.waxseal(['rm', '--name', 'db', '-', 'c'], { stdin: set.stdout })
    box.write('new.yaml', rm.stdout)
    expect(await openedValues(box, 'new.yaml')).toEqual({ a: 'new' })
    expect(box.read('all.yaml')).toBe(before)
    const none = await box.waxseal(['rm', '--name', 'db', '-', 'x'], { stdin: before })
    expect(none).toMatchObject({ code: 1, stdout: '', stderr: containing('error: stdin: SealedSecret shop/db has no') })
    const edit = await box.waxseal(['edit', '--key', KEY, '--cert', CERT, '-'])
    expect(edit).toMatchObject({ code: 2, stderr: matching(/^error: a FILE is needed: the editor has standard input/) })
  })
})

describe('reseal and verify', () => {
  test('reseal says what became of every value', async () => {
    const box = sandbox()
    const [one, foreign] = [
      await sealed(box, 'one', { a: '1', b: '2' }),
      await sealed(box, 'two', { c: '3' }, CERT.replace('alpha', 'charlie')),
    ]
    const current = await sealed(box, 'one', { b: '2' }, CERT)
    box.write('mixed.yaml', one.replace(/b: .*/, `b: ${/b: (\S+)/.exec(current)?.[1]}`))
    box.write('bad.yaml', `${one}${foreign}`)
    const found = await reported(box, ['reseal', '--dry-run', ...OFFLINE, '.'])
    const items = (a: string, b: string) => [
      { key: 'a', result: a },
      { key: 'b', result: b },
    ]
    const in1 = { namespace: 'shop', name: 'one' }
    expect(found).toEqual([
      {
        file: 'bad.yaml',
        namespace: 'shop',
        name: 'two',
        result: 'failed',
        items: [],
        error: containing('no key could'),
      },
      { file: 'bad.yaml', ...in1, result: 'left', items: items('left', 'left') },
      { file: 'mixed.yaml', ...in1, result: 'resealed', items: items('resealed', 'current') },
    ])
    box.write('believed.yaml', await noted(box, 'x', CERT))
    const old = ['reseal', '--dry-run', '--key', OLD.key, '--cert', CERT, 'believed.yaml']
    const believed = { result: 'believed', items: [{ key: 'a', result: 'believed' }] }
    expect(await reported(box, old)).toMatchObject([believed])
  })

  test('reseal of standard input prints it, sealed again, or nothing when something fails', async () => {
    const box = sandbox()
    const one = `# head\n${await sealed(box, 'one', { a: '1' })}---\nkind: Other # stays\n`
    const result = await box.waxseal(['reseal', ...OFFLINE, '-'], { stdin: one })
    expect(result).toMatchObject({ code: 0, stderr: '1 SealedSecret sealed again in 1 file\n' })
    expect(maskedKeys(result.stdout)).toBe(maskedKeys(one))
    box.write('one.yaml', result.stdout)
    expect(await opened(box, 'one.yaml')).toBe('a=1')
    const again = await box.waxseal(['reseal', ...OFFLINE, '-'], { stdin: result.stdout })
    expect(again).toMatchObject({ code: 0, stdout: result.stdout })
    const dry = await box.waxseal(['reseal', ...OFFLINE, '--dry-run', '-'], { stdin: one })
    expect(dry).toMatchObject({ code: 0, stdout: 'stdin\n' })
    const foreign = await sealed(box, 'two', { c: '3' }, CERT.replace('alpha', 'charlie'))
    const failed = await box.waxseal(['reseal', ...OFFLINE, '-'], { stdin: `${one}---\n${foreign}` })
    expect(failed).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^error: stdin: document 3: SealedSecret shop\/two/),
    })
    expect(await box.waxseal(['reseal', ...OFFLINE, '-'], { stdin: 'kind: SealedSecret\na: [1\n' })).toMatchObject({
      code: 1,
      stderr: matching(/^error: stdin: document 1, line/),
    })
  })

  test('verify reads standard input beside files, and -o name says in which something does not open', async () => {
    const box = sandbox()
    const one = await sealed(box, 'one', { a: '1' })
    box.write('one.yaml', one)
    box.write('new.yaml', await sealed(box, 'two', { a: '1' }, CERT))
    const flags = ['verify', '--key', KEY]
    const text = await box.waxseal([...flags, '-', 'new.yaml'], { stdin: one })
    expect(text).toMatchObject({
      code: 1,
      stdout: 'new.yaml: SealedSecret shop/two: ok (1 value)\nstdin: SealedSecret shop/one: a: cannot be opened\n',
    })
    expect(await box.waxseal([...flags, '-o', 'name', '.'])).toMatchObject({ code: 1, stdout: 'one.yaml\n' })
    expect(await box.waxseal([...flags, '-o', 'name', 'new.yaml'])).toMatchObject({ code: 0, stdout: '' })
    expect(await reported(box, [...flags, '-'], { stdin: one })).toMatchObject([
      { file: 'stdin', result: 'failed', opens: false },
    ])
    expect(await box.waxseal([...flags, '-'], { stdin: '' })).toMatchObject({
      code: 1,
      stderr: matching(/^error: no SealedSecret in stdin\nhint: did the command/),
    })
  })
})

describe('the rest', () => {
  test('raw: the value with where it opens', async () => {
    const box = sandbox()
    const raw = (...args: readonly string[]) => box.waxseal(['raw', '--cert', CERT, ...args], { stdin: 'hunter2' })
    const strict = await raw('-n', 'shop', '--name', 'db', '-o', 'json')
    const known = { sealedWith: FINGERPRINT, value: matching(SEALED) }
    expect(JSON.parse(strict.stdout)).toEqual({ scope: 'strict', namespace: 'shop', name: 'db', ...known })
    const wide = await raw('-n', 'shop', '--name', 'db', '--scope', 'namespace-wide', '-o', 'yaml')
    expect(parse(wide.stdout)).toEqual({ scope: 'namespace-wide', namespace: 'shop', ...known })
    expect(parse((await raw('--scope', 'cluster-wide', '-o', 'yaml')).stdout)).toEqual({
      scope: 'cluster-wide',
      ...known,
    })
  })

  test('cert -o says what is in it, with or without --info', async () => {
    const box = sandbox()
    const info = await reported(box, ['cert', '--cert', CERT])
    expect(info).toMatchObject({ fingerprint: FINGERPRINT, keyBits: 2048 })
    expect(await reported(box, ['cert', '--cert', CERT, '--info'])).toEqual(info)
  })

  test('version', async () => {
    const { version } = asObject(JSON.parse(readFileSync('packages/cli/package.json', 'utf8')), 'package.json')
    const data = await reported(sandbox(), ['version'])
    expect(data).toEqual({ version, node: process.versions.node, platform: `${process.platform}/${process.arch}` })
  })

  test('unseal -o name: what opens, as kubectl prints names, and nothing of what is in it', async () => {
    const box = sandbox()
    await writeLayout(box)
    const unseal = ['unseal', '--key', KEY, '-o', 'name', 'all.yaml']
    expect(await box.waxseal(unseal)).toMatchObject({ code: 0, stdout: 'secret/db\nsecret/other\n' })
    expect(await box.waxseal(['unseal', '--key', OLD.key, '-o', 'name', 'all.yaml'])).toMatchObject({
      code: 1,
      stdout: '',
    })
    expect(await box.waxseal([...unseal, '-w', 'x'])).toMatchObject({ code: 2, stdout: '' })
  })

  test('check -o is --format, and knows yaml and name', async () => {
    const box = sandbox()
    box.write('a.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}\n')
    box.write('b.yaml', 'kind: ConfigMap\n')
    expect(await reported(box, ['check'])).toMatchObject({ findings: [{ path: 'a.yaml' }], files: 2, errors: 1 })
    expect((await box.waxseal(['check', '-o', 'name'])).stdout).toBe('a.yaml\n')
    expect((await box.waxseal(['check', '--format', 'name'])).stdout).toBe('a.yaml\n')
  })
})
