/** `waxseal reseal` and `waxseal verify`, offline. Secrets are sealed for bravo; alpha is the newest key. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { binPath } from './support/bin.ts'
import { CERT, KEY, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { KEYS } from './support/transcript.ts'

const OLD = { cert: join(KEYS, 'bravo.crt'), key: join(KEYS, 'bravo.key') }
const OFFLINE = ['--key', OLD.key, '--key', KEY, '--cert', CERT]

/** A SealedSecret as YAML, sealed with `kubeseal`, which notes no key, or with `waxseal`. */
async function sealed(box: Sandbox, name: string, values: Readonly<Record<string, string>>, cert: string = OLD.cert) {
  const { stdout } = await box.kubeseal(['--cert', cert, '-o', 'yaml'], { stdin: secretYaml(name, values) })
  return stdout
}

const noted = async (box: Sandbox, name: string, cert: string = OLD.cert): Promise<string> =>
  (await box.waxseal(['seal', '--cert', cert], { stdin: secretYaml(name, { a: 'one' }) })).stdout

/** The text with every sealed value and the note of the key masked. */
const masked = (text: string): string =>
  text.replaceAll(/\bA[A-Za-z0-9+/]{300,}=*/g, '<sealed>').replaceAll(/\b[0-9a-f]{64}\b/g, '<key>')

/** Opens all with the newest key alone; the values as text, by data key. */
async function opened(box: Sandbox, path: string): Promise<string> {
  const { stdout, code } = await box.waxseal(['unseal', '--key', KEY, '-o', 'json', path])
  expect(code).toBe(0)
  const data = [...stdout.matchAll(/"data": \{([^}]*)\}/g)].map(([, items]) => items).join()
  return [...data.matchAll(/"(\w+)": "([A-Za-z0-9+/]+=*)"/g)]
    .map(([, key, value]) => `${key}=${Buffer.from(value ?? '', 'base64').toString()}`)
    .join(' ')
}

/** A text that fits the pattern, inside of an object. */
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern)

describe('reseal', () => {
  test('folders, files, several documents, Lists: only sealed values change', async () => {
    const box = sandbox()
    mkdirSync(join(box.folder, 'repo/sub'), { recursive: true })
    const one = await sealed(box, 'one', { a: 'one' })
    const other =
      '---\n# a comment\napiVersion: v1\nkind: ConfigMap\nmetadata:   {name: x}   # odd  \ndata: {a: "Ag B"}\n'
    const many = `# first\r\n${one}${other.replaceAll('\n', '\r\n')}${await sealed(box, 'two', { b: 'two' })}...\n`
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { kind: 'Other' },
        JSON.parse((await box.kubeseal(['--cert', OLD.cert], { stdin: secretYaml('three', { c: 'three' }) })).stdout),
      ],
    }
    box.write('repo/one.yaml', one)
    box.write('repo/sub/many.yml', many)
    box.write('repo/sub/list.json', JSON.stringify(list, null, '\t'))
    box.write('repo/README.md', `    ${one}`)
    const result = await box.waxseal(['reseal', ...OFFLINE, 'repo'])
    expect(result).toMatchObject({
      code: 0,
      stdout: 'repo/one.yaml\nrepo/sub/list.json\nrepo/sub/many.yml\n',
      stderr: '4 SealedSecrets sealed again in 3 files\n',
    })
    for (const [path, before] of [
      ['one.yaml', one],
      ['sub/many.yml', many],
      ['sub/list.json', JSON.stringify(list, null, '\t')],
    ] as const) {
      expect(masked(box.read(`repo/${path}`))).toBe(masked(before))
      expect(box.read(`repo/${path}`)).not.toBe(before)
    }
    expect(box.read('repo/README.md')).toBe(`    ${one}`)
    expect(await opened(box, 'repo/one.yaml')).toBe('a=one')
    expect(await opened(box, 'repo/sub/many.yml')).toBe('a=one b=two')
    expect(await opened(box, 'repo/sub/list.json')).toBe('c=three')
  })

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

  test('templates, labels and annotations survive (regression 11), and a scope in the template widens nothing (1)', async () => {
    const box = sandbox()
    const template = `  template:\n    data:\n      app.conf: 'password={{ .a }} # <<'\n      broken: '{{ fail "x" }}'\n    metadata:\n      annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"} # only here\n`
    const one = (await sealed(box, 'one', { a: 'one' })).replace(/ {2}template:[\s\S]*$/, template)
    box.write('one.yaml', one)
    expect((await box.waxseal(['reseal', ...OFFLINE, 'one.yaml'])).code).toBe(0)
    expect(masked(box.read('one.yaml'))).toBe(masked(one))
    expect((await box.waxseal(['verify', '--key', KEY, 'one.yaml'])).code).toBe(0)
    box.write('moved.yaml', box.read('one.yaml').replace('name: one', 'name: other'))
    expect((await box.waxseal(['verify', '--key', KEY, 'moved.yaml'])).code).toBe(1)
  })

  test('values as people write them: blocks, quotes, escapes, wraps, copies in comments, one line', async () => {
    const box = sandbox()
    const values = await sealed(box, 'one', { a: 'one', b: 'two', c: 'three', d: 'four', e: 'five' })
    const of = (key: string): string => new RegExp(`^    ${key}: (\\S+)$`, 'm').exec(values)?.[1] ?? ''
    const half = (key: string): [string, string] => [of(key).slice(0, 100), of(key).slice(100)]
    const text = [
      'kind: SealedSecret',
      'apiVersion: bitnami.com/v1alpha1',
      'metadata: {name: one, namespace: shop}',
      'spec:',
      '  encryptedData:',
      `    # was: ${of('a')}`,
      `    a: ${of('a')}   # now`,
      `    b: '${of('b')}'`,
      `    "c": "${half('c').join('\\\n      ')}"`,
      `    d: |  # a block\n${half('d')
        .map((part) => `      ${part}`)
        .join('\n')}\n`,
      `    ? e\n    : !!str "${of('e').replaceAll('/', '\\/')}"`,
      '',
    ].join('\n')
    box.write('one.yaml', text)
    expect(await box.waxseal(['reseal', ...OFFLINE, 'one.yaml'])).toMatchObject({ code: 0 })
    expect(await opened(box, 'one.yaml')).toBe('a=one b=two c=three d=four e=five')
    const after = box.read('one.yaml')
    expect(after).toContain(`    # was: ${of('a')}\n    a: `)
    expect(after).toMatch(/^ {4}a: \S+ {3}# now\n {4}b: '\S+'\n {4}"c": "/m)
    box.write(
      'flow.yaml',
      `{kind: SealedSecret, apiVersion: bitnami.com/v1alpha1, metadata: {name: one, namespace: shop}, spec: {encryptedData: {a: ${of('a')}, b: "${of('b')}"}}}\n`,
    )
    expect(await box.waxseal(['reseal', ...OFFLINE, 'flow.yaml'])).toMatchObject({ code: 0 })
    expect(await opened(box, 'flow.yaml')).toBe('a=one b=two')
  })

  test('what an anchor ties to something else is refused, and nothing is written', async () => {
    const box = sandbox()
    const value = /a: (\S+)/.exec(await sealed(box, 'one', { a: 'one' }))?.[1]
    const text = `kind: SealedSecret\napiVersion: bitnami.com/v1alpha1\nmetadata: {name: one, namespace: shop, labels: {x: &v ${value}}}\nspec:\n  encryptedData:\n    a: *v\n`
    box.write('one.yaml', text)
    expect(await box.waxseal(['reseal', ...OFFLINE, '.'])).toMatchObject({
      code: 1,
      stderr: like(/^error: one.yaml: .*spec.encryptedData.a cannot be changed in place/),
    })
    expect(box.read('one.yaml')).toBe(text)
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
      { file: 'one.yaml', namespace: 'shop', name: 'one', result: 'resealed' },
    ])
    expect(box.read('one.yaml')).toBe(one)
  })

  test('.gitignore, links, modes, byte order marks and UTF-16', async () => {
    const box = sandbox()
    const one = await sealed(box, 'one', { a: 'one' })
    mkdirSync(join(box.folder, '.git'))
    mkdirSync(join(box.folder, 'ignored'))
    box.write('.gitignore', 'ignored/\n')
    box.write('ignored/one.yaml', one)
    box.write('mode.yaml', one)
    chmodSync(join(box.folder, 'mode.yaml'), 0o640)
    box.write('bom.yaml', `\uFEFF${one}`)
    box.write('wide.yaml', Buffer.from(`\uFEFF${one.replaceAll('\n', '\r\n')}`, 'utf16le'))
    symlinkSync('ignored/one.yaml', join(box.folder, 'link.yaml'))
    expect(await box.waxseal(['reseal', ...OFFLINE, '.'])).toMatchObject({
      code: 0,
      stdout: 'bom.yaml\nmode.yaml\nwide.yaml\n',
    })
    expect(box.read('ignored/one.yaml')).toBe(one)
    expect(statSync(join(box.folder, 'mode.yaml')).mode & 0o777).toBe(0o640)
    expect(box.read('bom.yaml').startsWith('\uFEFF')).toBe(true)
    expect(readFileSync(join(box.folder, 'wide.yaml')).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]))
    for (const path of ['bom.yaml', 'wide.yaml']) expect(await opened(box, path)).toBe('a=one')
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
    [['reseal', ...OFFLINE, '-'], 2, 'error: files and folders are read, not standard input'],
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

describe('verify', () => {
  test('says it of each value', async () => {
    const box = sandbox()
    const [good, foreign] = [
      await sealed(box, 'one', { a: 'one', b: 'two' }),
      await sealed(box, 'one', { b: 'x' }, CERT),
    ]
    box.write('good.yaml', good)
    box.write('mixed.yaml', `---\nkind: Other\n${good.replace(/b: .*/, `b: ${/b: (\S+)/.exec(foreign)?.[1]}`)}`)
    expect(await box.waxseal(['verify', '--key', OLD.key, '.'])).toMatchObject({
      code: 1,
      stdout:
        'good.yaml: SealedSecret shop/one: ok (2 values)\nmixed.yaml: document 2: SealedSecret shop/one: b: cannot be opened\n',
      stderr: like(/^error: 1 of 2 SealedSecrets cannot be opened\nhint: /),
    })
    const json = await box.waxseal(['verify', '--key', OLD.key, '-o', 'json', 'mixed.yaml'])
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      [
        {
          file: 'mixed.yaml',
          namespace: 'shop',
          name: 'one',
          opens: false,
          items: [
            { key: 'a', opens: true, openedBy: like(/^[0-9a-f]{64}$/) },
            { key: 'b', opens: false },
          ],
        },
      ],
    ])
    expect(await box.waxseal(['verify', '--key', OLD.key, '--key', KEY, '.'])).toMatchObject({
      code: 0,
      stderr: '2 SealedSecrets can be opened\n',
    })
  })

  test('what is no SealedSecret after all is said', async () => {
    const box = sandbox()
    box.write('broken.yaml', 'kind: SealedSecret\n a: {{ helm }}\n')
    const { code, stdout } = await box.waxseal(['verify', '--key', KEY, '.'])
    expect([code, stdout]).toEqual([1, like(/^broken\.yaml: document 1, line \d: /)])
  })
})
