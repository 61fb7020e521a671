/** `waxseal set`: one entry of a file changes, nothing else. */
import { chmodSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { binPath, runProgram } from './support/bin.ts'
import { CERT, containing, matching, sandbox } from './support/sandbox.ts'
import { masked, openedValues, sealedValues, writeLayout } from './support/sealed.ts'
import { onTerminal } from './support/terminal.ts'

const DB = ['--name', 'db']
const set = (...args: string[]) => ['set', '--cert', CERT, ...args]

describe('waxseal set', () => {
  test('a new value from standard input, everything else byte for byte', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(set('all.yaml', 'c', ...DB), { stdin: 'new' })
    expect(result).toEqual({ code: 0, stdout: '', stderr: 'all.yaml: SealedSecret shop/db: set c\n', timedOut: false })
    const after = box.read('all.yaml')
    expect(masked(after)).toBe(masked(before))
    const [old, now] = [before, after].map((text) => text.split('\n'))
    expect(now?.filter((line, i) => line !== old?.[i])).toEqual([matching(/^ {8}c: "Ag|^ {8}c: "AQ/)])
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: '1', c: 'new' })
    expect(await openedValues(box, 'all.yaml', 'other')).toEqual({ x: '9' })
    expect(box.list()).toEqual(['all.yaml'])
  })

  test('new keys from files go where they belong', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    box.write('b.txt', 'two\n')
    box.write('bin=1', Uint8Array.of(0, 255))
    const result = await box.waxseal(set(...DB, 'all.yaml', 'b=b.txt', 'z=bin=1', 'empty=/dev/null'))
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: containing('set b, z, empty') })
    const line = (key: string, quote = '') => `        ${key}: ${quote}<sealed>${quote}\n`
    const wanted = masked(before)
      .replace(/( {8}a: .*\n)/, `$1${line('b')}`)
      .replace(/( {8}c: .*\n)/, `$1${line('empty', '"')}${line('z', '"')}`)
    expect(masked(box.read('all.yaml'))).toBe(wanted)
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: '1', b: 'two\n', c: '3', empty: '', z: '\0\uFFFD' })
  })

  test('flow style, JSON and UTF-16 stay what they are', async () => {
    const box = sandbox()
    await writeLayout(box)
    await box.waxseal(set('all.yaml', 'w', '--name', 'other'), { stdin: '8' })
    expect(masked(box.read('all.yaml'))).toContain('\nspec: {encryptedData: {w: <sealed>, x: <sealed>}}\n...\n')
    const { x = '' } = await sealedValues(box, 'db', { x: '1' })
    const json = {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { namespace: 'shop', name: 'db' },
    }
    box.write('s.json', `${JSON.stringify({ ...json, spec: { encryptedData: { x } } }, undefined, '\t')}\r\n`)
    await box.waxseal(set('s.json', 'a'), { stdin: '1' })
    expect(masked(box.read('s.json'))).toContain(
      '"encryptedData": {\n\t\t\t"a": "<sealed>",\n\t\t\t"x": "<sealed>"\n\t\t}',
    )
    writeFileSync(join(box.folder, 'u.yaml'), Buffer.from(`\uFEFF${box.read('all.yaml')}`, 'utf16le'))
    expect(await box.waxseal(set('u.yaml', 'a', ...DB), { stdin: '5' })).toMatchObject({ code: 0 })
    expect(await openedValues(box, 'u.yaml')).toEqual({ a: '5', c: '3' })
    const bytes = statSync(join(box.folder, 'u.yaml')).size
    expect(bytes).toBe(2 * (box.read('all.yaml').length + 1))
  })

  test('a placeholder without a value is filled in, so is an empty mapping', async () => {
    const box = sandbox()
    const head =
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\nspec:\n'
    for (const [before, after] of [
      ['  encryptedData:\n    a:\n    b: null # soon\n', '  encryptedData:\n    a: <sealed>\n    b: null # soon\n'],
      ['  encryptedData: {} # none\n  template: {}\n', '  encryptedData: # none\n    a: <sealed>\n  template: {}\n'],
      ['  encryptedData:\n', '  encryptedData:\n    a: <sealed>\n'],
    ] as const) {
      box.write('s.yaml', head + before)
      expect(await box.waxseal(set('s.yaml', 'a'), { stdin: '1' })).toMatchObject({ code: 0 })
      expect(masked(box.read('s.yaml'))).toBe(head + after)
    }
  })

  test('seals for the scope, name and namespace of the document', async () => {
    const box = sandbox()
    const wide = 'sealedsecrets.bitnami.com/namespace-wide: "true"'
    const head = `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  annotations: {${wide}}\n`
    box.write('s.yaml', `${head}spec:\n  encryptedData: {}\n`)
    const without = await box.waxseal(set('s.yaml', 'a'), { stdin: '1' })
    expect(without).toMatchObject({ code: 1, stderr: matching(/has no namespace.*\nhint: -n NAMESPACE/) })
    expect(await box.waxseal(set('s.yaml', 'a', '-n', 'shop'), { stdin: '1' })).toMatchObject({ code: 0 })
    box.write('s.yaml', box.read('s.yaml').replace('name: db\n', 'name: renamed\n  namespace: shop\n'))
    expect(await openedValues(box, 's.yaml', 'renamed')).toEqual({ a: '1' })
  })

  test('keeps the note of the key true where there is one, and adds none', async () => {
    const box = sandbox()
    const note = 'waxseal.dev/sealed-with'
    const { stdout } = await box.waxseal(['seal', '--cert', CERT], {
      stdin: 'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: "1", b: "2"}\n',
    })
    box.write('s.yaml', stdout)
    const [own = ''] = /[0-9a-f]{64}/.exec(stdout) ?? []
    const bravo = CERT.replace('alpha', 'bravo')
    await box.waxseal(['set', '--cert', bravo, 's.yaml', 'a'], { stdin: '3' })
    expect(box.read('s.yaml')).toMatch(new RegExp(`${note}: ${own},[0-9a-f]{64}\n`))
    await box.waxseal(['set', '--cert', bravo, 's.yaml', 'a'], { stdin: '4' })
    expect(box.read('s.yaml')).toMatch(new RegExp(`${note}: ${own},[0-9a-f]{64}\n`))
    box.write('v', 'x')
    await box.waxseal(set('s.yaml', 'a=v', 'b=v'))
    expect(box.read('s.yaml')).toContain(`${note}: ${own}\n`)
  })

  test('a value on the command line is refused and never repeated', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(set(...DB, 'all.yaml', 'password=hunter2'))
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toMatch(
      /^error: password=\.\.\.: .*never taken from the command line\nhint: .*history.*processes/,
    )
    expect(result.stderr).toMatch(/change that secret/)
    const swapped = await box.waxseal(set('password=hunter2', 'all.yaml'))
    expect(swapped).toMatchObject({ code: 2, stdout: '' })
    for (const { stderr } of [result, swapped]) expect(stderr).not.toContain('hunter2')
    expect(box.read('all.yaml')).toBe(before)
  })

  test('nothing on standard input is no value', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(set(...DB, 'all.yaml', 'a'), { stdin: '' })
    expect(result.stderr).toMatch(/^error: no value: standard input is empty\nhint: .*\/dev\/null\n$/)
    expect(box.read('all.yaml')).toBe(before)
    const echoed = await box.waxseal(set(...DB, 'all.yaml', 'a'), { stdin: 'x\n' })
    expect(echoed).toMatchObject({ code: 0, stderr: matching(/^note: the value ends with a newline/) })
  })

  test('--dry-run prints the file and leaves it', async () => {
    const box = sandbox()
    const before = await writeLayout(box)
    const result = await box.waxseal(set(...DB, '--dry-run', 'all.yaml', 'c'), { stdin: 'new' })
    expect(result).toMatchObject({ code: 0, stderr: containing('dry run: not written') })
    expect(masked(result.stdout)).toBe(masked(before))
    expect(result.stdout).not.toBe(before)
    expect(box.read('all.yaml')).toBe(before)
  })

  test('keeps the mode, follows links, leaves nothing behind', async () => {
    const box = sandbox()
    await writeLayout(box)
    chmodSync(join(box.folder, 'all.yaml'), 0o640)
    symlinkSync('all.yaml', join(box.folder, 'link.yaml'))
    expect(await box.waxseal(set(...DB, 'link.yaml', 'a'), { stdin: '2' })).toMatchObject({ code: 0 })
    expect(statSync(join(box.folder, 'all.yaml')).mode & 0o777).toBe(0o640)
    expect(box.list()).toEqual(['all.yaml', 'link.yaml'])
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: '2', c: '3' })
  })

  test('a file that somebody changes meanwhile is not overwritten', async () => {
    const box = sandbox()
    await writeLayout(box)
    // The certificate comes through a pipe that is opened when the file has been read; its writer then changes the file.
    const script = `mkfifo pipe; { exec 3> pipe; echo theirs > all.yaml; cat '${CERT}' >&3; rm pipe; } & printf new | "$@"`
    const words = [process.execPath, binPath('waxseal'), 'set', '--cert', 'pipe', ...DB, 'all.yaml', 'a']
    const result = await runProgram('sh', ['-c', script, 'sh', ...words], { cwd: box.folder })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toBe(
      'error: all.yaml was changed by somebody else in the meantime\nhint: it was not overwritten: try again\n',
    )
    expect(box.read('all.yaml')).toBe('theirs\n')
    expect(box.list()).toEqual(['all.yaml'])
  })

  test('what an alias shares is not changed behind your back', async () => {
    const box = sandbox()
    const { a = '' } = await sealedValues(box, 'db', { a: '1' })
    const head = 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec:\n'
    const text = `${head}  encryptedData:\n    a: &one ${a}\n    b: *one\n`
    box.write('s.yaml', text)
    const shared = await box.waxseal(set('s.yaml', 'a'), { stdin: '2' })
    expect(shared).toMatchObject({
      code: 1,
      stderr: matching(/^error: s\.yaml: .*without changing something else\nhint: an anchor/),
    })
    expect(box.read('s.yaml')).toBe(text)
    expect(await box.waxseal(set('s.yaml', 'b'), { stdin: '2' })).toMatchObject({ code: 0 })
    expect(await openedValues(box, 's.yaml')).toEqual({ a: '1', b: '2' })
  })

  test.for([
    [
      ['all.yaml', 'a'],
      1,
      /^error: all\.yaml holds 2 SealedSecrets that fit: shop\/db \(document 2\), shop\/other \(document 3\)\nhint: --name/,
    ],
    [
      [...DB, '-n', 'billing', 'all.yaml', 'a'],
      1,
      /^error: all\.yaml holds no SealedSecret of that name and namespace, only shop\/db/,
    ],
    [['gone.yaml', 'a'], 1, /^error: open gone\.yaml: no such file or directory/],
    [['cm.yaml', 'a'], 1, /^error: cm\.yaml holds no SealedSecret\nhint: /],
    [['broken.yaml', 'a'], 1, /^error: broken\.yaml: document 1, line [23]: not valid YAML/],
    [['old.yaml', 'a'], 1, /^error: old\.yaml: .*spec\.data.*\nhint: .*waxseal seal/],
    [[...DB, 'all.yaml', 'no key'], 1, /^error: data: "no key" cannot be a key of a Secret\nhint: /],
    [[...DB, 'all.yaml', 'a', 'b'], 2, /^error: standard input holds one value/],
    [[...DB, 'all.yaml', 'a=cm.yaml', 'a'], 2, /^error: the key a is given twice/],
    [[...DB, 'all.yaml', 'a='], 2, /^error: a=: a file is to be named/],
    [['all.yaml'], 2, /^error: a FILE and a KEY\[=PATH\] are needed\nhint: waxseal set --help/],
    [['-', 'a'], 2, /^error: standard input holds the manifest: name a file for the value, a=PATH\n/],
    [['-o', 'json', '-', 'a=cm.yaml'], 2, /^error: --output is for a FILE, or for --dry-run/],
    [[...DB, '--cert', 'none.pem', 'all.yaml', 'a'], 1, /^error: open none\.pem: no such file/],
  ] as const)('%s fails', async ([args, code, error]) => {
    const box = sandbox()
    const before = await writeLayout(box)
    box.write('cm.yaml', 'kind: ConfigMap\n')
    box.write('broken.yaml', 'kind: SealedSecret\na: [1\n')
    box.write(
      'old.yaml',
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\nspec: {data: AgBy}\n',
    )
    const result = await box.waxseal(set(...args), { stdin: 'x' })
    expect(result).toMatchObject({ code, stdout: '', stderr: matching(error) })
    expect(box.read('all.yaml')).toBe(before)
  })

  test('on a terminal the value is asked for and not shown', async () => {
    const box = sandbox()
    await writeLayout(box)
    const steps = [{ shown: 'Value for a: ', keys: 'hunter2\n' }]
    const { code, screen } = await onTerminal('waxseal', set(...DB, 'all.yaml', 'a'), steps, { cwd: box.folder })
    expect(code).toBe(0)
    expect(screen).toMatch(/^Value for a: \s+all\.yaml: SealedSecret shop\/db: set a\s*$/)
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: 'hunter2', c: '3' })
  })

  test.for([
    ['corrected', 'hunterX\u007F2\n', 'hunter2'],
    ['begun again', 'wrong\u0015right\n', 'right'],
    ['given up', 'hunter2\u0003', undefined],
    ['pasted with a second line', 'one\nrm -rf x\n', undefined],
    ['empty', '\n', undefined],
  ] as const)('a value that is %s', async ([, keys, value]) => {
    const box = sandbox()
    await writeLayout(box)
    const steps = [{ shown: 'Value for a: ', keys }]
    const { code } = await onTerminal('waxseal', set(...DB, 'all.yaml', 'a'), steps, { cwd: box.folder })
    expect(code).toBe(value === undefined ? 1 : 0)
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: value ?? '1', c: '3' })
  })
})
