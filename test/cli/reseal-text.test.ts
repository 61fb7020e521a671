/** `waxseal reseal`, offline: of the files only the sealed values change, however they are written. */
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { like, masked, OFFLINE, OLD, opened, sealed } from './support/resealing.ts'
import { KEY, sandbox, secretYaml } from './support/sandbox.ts'

describe('reseal keeps', () => {
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
})
