/** `waxseal seal` into a file for each result, for several clusters, onto files that are there. */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CERT, KEY, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'

const OTHER_CERT = CERT.replace('alpha', 'bravo')
const OTHER_KEY = KEY.replace('alpha', 'bravo')

/** The values in a file, as variables. */
async function opened(box: Sandbox, path: string, key = KEY): Promise<string> {
  const { code, stdout, stderr } = await box.waxseal(['unseal', '--key', key, '-o', 'env', path])
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

const sealedTexts = (text: string): readonly string[] => text.match(/AQ[A-Za-z0-9+/=]{100,}/g) ?? []

describe('an input so long that threads seal it', () => {
  const NAMES = Array.from({ length: 40 }, (_, i) => `s${i}`)
  const value = (name: string, key: string) => `${name}/${key}/${'x'.repeat(2000)}`
  const valuesOf = (name: string) => ({ a: value(name, 'a'), b: value(name, 'b'), empty: '' })
  const input = NAMES.map((name) => secretYaml(name, valuesOf(name))).join('---\n')
  const lines = (name: string) => `a='${value(name, 'a')}'\nb='${value(name, 'b')}'\nempty=''\n`

  test('every value is under its own name and key', async () => {
    const box = sandbox()
    box.write('s.yaml', input)
    expect(await box.waxseal(['seal', '--cert', CERT, '-w', 'all.yaml', 's.yaml'])).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await box.waxseal(['unseal', '--key', KEY, '--output-dir', 'out/{name}', 'all.yaml'])).toMatchObject({
      code: 0,
    })
    for (const name of NAMES) {
      const values = Object.keys(valuesOf(name)).map((key) => [key, box.read(`out/${name}/${key}`)])
      expect(Object.fromEntries(values)).toEqual(valuesOf(name))
    }
  })

  test('for each cluster with its key', async () => {
    const box = sandbox()
    box.write('s.yaml', input)
    const both = ['--cert', CERT, '--cert', `prod=${OTHER_CERT}`]
    const result = await box.waxseal(['seal', ...both, '--output-template', '{cluster}/{name}.yaml', 's.yaml'])
    expect(result).toMatchObject({ code: 0, stderr: '80 files written\n' })
    for (const name of NAMES.slice(0, 3)) {
      expect(await opened(box, `alpha/${name}.yaml`)).toBe(lines(name))
      expect(await opened(box, `prod/${name}.yaml`, OTHER_KEY)).toBe(lines(name))
    }
  })

  test('one Secret that cannot be sealed leaves nothing written', async () => {
    const box = sandbox()
    box.write('s.yaml', `${input}---\n${secretYaml('Wrong_Name', { a: '1' })}`)
    const result = await box.waxseal(['seal', '--cert', CERT, '-w', 'all.yaml', 's.yaml'])
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(/document 41: metadata\.name/) })
    expect(box.list()).toEqual(['s.yaml'])
  })
})

describe('several clusters', () => {
  const TEMPLATE = ['--output-template', 'clusters/{cluster}/{name}.yaml']

  test('one input, a file for each cluster and Secret, opened by its key alone', async () => {
    const box = sandbox()
    box.write(
      's.yaml',
      `${secretYaml('db', { a: '1' })}---\nkind: ConfigMap\napiVersion: v1\n---\n${secretYaml('web', { a: '2' })}`,
    )
    const args = ['seal', '--cert', CERT, '--cert', `prod=${OTHER_CERT}`, ...TEMPLATE, 's.yaml']
    const result = await box.waxseal(args)
    const paths = ['alpha/db', 'alpha/web', 'prod/db', 'prod/web'].map((path) => `clusters/${path}.yaml`)
    expect(result).toMatchObject({ code: 0, stderr: '4 files written\n' })
    expect(result.stdout.trim().split('\n').toSorted()).toEqual(paths)
    expect(await opened(box, 'clusters/alpha/db.yaml')).toBe("a='1'\n")
    expect(await opened(box, 'clusters/prod/web.yaml', OTHER_KEY)).toBe("a='2'\n")
    const wrong = await box.waxseal(['unseal', '--key', KEY, 'clusters/prod/db.yaml'])
    expect(wrong).toMatchObject({ code: 1, stderr: matching(/no key could decrypt/) })
  })

  test('what would lose something is refused, and nothing is written', async () => {
    const box = sandbox()
    box.write('s.yaml', secretYaml('db', { a: '1' }))
    box.write('almost.yaml', `${secretYaml('db', { a: '1' })}---\nkind: secret\napiVersion: v1\ndata: {}\n`)
    box.write('there.yaml', 'kind: ConfigMap\napiVersion: v1\n')
    const both = ['--cert', CERT, '--cert', OTHER_CERT]
    const cases = [
      [[...both, 's.yaml'], 2, /^error: several certificates need a file for each result\nhint: --output-template/],
      [[...both, '--output-template', '{name}.yaml', 's.yaml'], 1, /all clusters to one path\nhint: put \{cluster\}/],
      [[...both, '--output-template', '{cluster}/x.yaml', '-w', 'x', 's.yaml'], 2, /exclude each other/],
      [
        ['--cert', CERT, '--cert', `alpha=${OTHER_CERT}`, ...TEMPLATE, 's.yaml'],
        2,
        /two certificates are called "alpha"/,
      ],
      [['--cert', CERT, '--output-template', 'out/{nam}.yaml', 's.yaml'], 2, /unknown placeholder \{nam\}/],
      [['--cert', CERT, '--output-template', 'out.yaml', 's.yaml', 'almost.yaml'], 1, /a secret is not a Secret/],
      [
        ['--cert', CERT, '--output-template', 'out.yaml', 's.yaml', 'same.yaml'],
        1,
        /two results would be written to out\.yaml/,
      ],
      [['--cert', CERT, '--output-template', 'there.yaml', 's.yaml'], 1, /there\.yaml holds something else/],
      [['--cert', 'gone.pem', ...TEMPLATE, 's.yaml'], 1, /open gone\.pem/],
    ] as const
    box.write('same.yaml', box.read('s.yaml'))
    const before = box.list()
    for (const [args, code, stderr] of cases) {
      expect(await box.waxseal(['seal', ...args])).toMatchObject({ code, stdout: '', stderr: matching(stderr) })
      expect(box.list()).toEqual(before)
    }
    expect(box.read('there.yaml')).toBe('kind: ConfigMap\napiVersion: v1\n')
  })

  test('a folder: manifests with Secrets that git does not ignore, each beside its source', async () => {
    const box = sandbox()
    mkdirSync(join(box.folder, 'in/deep'), { recursive: true })
    box.write('in/.gitignore', 'ignored.yaml\n')
    box.write('in/ignored.yaml', secretYaml('ignored', { a: '1' }))
    box.write('in/db.yaml', secretYaml('db', { a: '1' }))
    box.write(
      'in/deep/web.json',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'web', namespace: 'x' },
        stringData: { a: '2' },
      }),
    )
    box.write('in/other.yaml', 'kind: ConfigMap\napiVersion: v1\ndata: { a: "kind: Secret is not here" }\n')
    const result = await box.waxseal(['seal', '--cert', CERT, '--output-template', '{folder}/{name}.sealed.yaml', 'in'])
    expect(result).toMatchObject({ code: 0, stdout: 'in/db.sealed.yaml\nin/deep/web.sealed.yaml\n' })
    mkdirSync(join(box.folder, 'empty'))
    const none = await box.waxseal(['seal', '--cert', CERT, 'empty'])
    expect(none).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^error: no Secret in the folder empty\nhint: /),
    })
  })
})

describe('onto a file that is there', () => {
  const sealOnto = (box: Sandbox, ...args: readonly string[]) =>
    box.waxseal(['seal', '--cert', CERT, '--output-template', '{name}.yaml', ...args])

  async function start(box: Sandbox): Promise<string> {
    box.write('in', secretYaml('db', { a: '1', b: '2', gone: '3' }))
    expect((await sealOnto(box, 'in')).code).toBe(0)
    const text = box.read('db.yaml').replace('  encryptedData:', '  # by hand\n  encryptedData:')
    box.write('db.yaml', `# kept\n${text}`)
    return box.read('db.yaml')
  }

  test('with the private key only what changed changes; comments stay', async () => {
    const box = sandbox()
    const before = await start(box)
    expect(await sealOnto(box, '--key', KEY, 'in')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '0 files written, 1 as it was\n',
    })
    expect(box.read('db.yaml')).toBe(before)
    box.write('in', secretYaml('db', { a: '1', b: 'changed', c: 'new' }))
    const dry = await sealOnto(box, '--key', KEY, '--dry-run', 'in')
    expect(dry).toMatchObject({ stdout: 'db.yaml\n', stderr: matching(/dry run/) })
    expect(box.read('db.yaml')).toBe(before)
    expect(await sealOnto(box, '--key', KEY, 'in')).toMatchObject({ code: 0, stdout: 'db.yaml\n' })
    const after = box.read('db.yaml')
    const kept = sealedTexts(before).filter((text) => after.includes(text))
    expect(kept).toHaveLength(1)
    expect(after).toMatch(/^# kept\n/)
    expect(after).toContain('\n  # by hand\n')
    expect(after).not.toContain('gone:')
    expect(await opened(box, 'db.yaml')).toBe("a='1'\nb='changed'\nc='new'\n")
  })

  test('without it, for another key, or in another scope, all is sealed anew', async () => {
    const box = sandbox()
    const before = await start(box)
    const sealAgain = [
      ['in'],
      ['--key', OTHER_KEY, 'in'],
      ['--key', KEY, '--key', OTHER_KEY, '--cert', OTHER_CERT, 'in'],
      ['--key', KEY, '--scope', 'namespace-wide', 'in'],
    ]
    for (const args of sealAgain) {
      box.write('db.yaml', before)
      const cert = args.includes('--cert') ? [] : ['--cert', CERT]
      const result = await box.waxseal(['seal', ...cert, '--output-template', '{name}.yaml', ...args])
      expect(result).toMatchObject({ code: 0, stdout: 'db.yaml\n' })
      expect(sealedTexts(before).filter((text) => box.read('db.yaml').includes(text))).toEqual([])
    }
  })

  test('-w keeps unchanged values, too, in whatever the file holds', async () => {
    const box = sandbox()
    box.write('in', `${secretYaml('db', { a: '1', b: '2' })}---\n${secretYaml('web', { a: '1' })}`)
    const run = (...args: readonly string[]) => box.waxseal(['seal', '--cert', CERT, '-w', 'all.yaml', ...args, 'in'])
    expect((await run()).code).toBe(0)
    const before = sealedTexts(box.read('all.yaml'))
    box.write('in', `${secretYaml('db', { a: '1', b: 'x' })}---\n${secretYaml('web', { a: '1' })}`)
    expect(await run('--key', KEY)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const after = sealedTexts(box.read('all.yaml'))
    expect(after.map((text) => before.includes(text))).toEqual([true, false, true])
    const names = await run('--key', KEY, '-o', 'name')
    expect(names.stdout).toBe('sealedsecret.bitnami.com/db\nsealedsecret.bitnami.com/web\n')
    const text = box.read('all.yaml')
    const dry = await run('--dry-run')
    expect(dry).toMatchObject({
      code: 0,
      stdout: matching(/kind: SealedSecret/),
      stderr: matching(/all\.yaml would be written/),
    })
    expect(box.read('all.yaml')).toBe(text)
  })

  test('a folder that cannot be written: what is there stays', async () => {
    const box = sandbox()
    const before = await start(box)
    box.write('file', '')
    const result = await box.waxseal(['seal', '--cert', CERT, '--output-template', 'file/{name}.yaml', 'in'])
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(/^error: mkdir file: /) })
    chmodSync(box.folder, 0o700)
    expect(readFileSync(join(box.folder, 'db.yaml'), 'utf8')).toBe(before)
  })
})
