/** kubeseal --merge-into, beyond what the transcripts say: what of the file is kept, and what is refused. */
import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CERT, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { masked, openedValues, sealedValues, writeLayout } from './support/sealed.ts'

const NEW = secretYaml('db', { b: '2', c: 'changed' })

const merge =
  (box: Sandbox, file: string, ...args: string[]) =>
  (stdin: string) =>
    box.kubeseal(['--cert', CERT, '--merge-into', file, ...args], { stdin })

/** A target as YAML; `{a}` is a value sealed for shop/db. */
async function target(box: Sandbox, text: string): Promise<string> {
  const { a = '' } = await sealedValues(box, 'db', { a: '1' })
  const whole = text.replaceAll('{a}', a)
  box.write('t.yaml', whole)
  return whole
}

const HEAD = 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n'
const withMeta = (fields: string): string => NEW.replace('  namespace: shop\n', `  namespace: shop\n${fields}`)

describe('--merge-into', () => {
  test.for([[], ['-o', 'yaml']])('comments, other documents and their order stay byte for byte (%s)', async (args) => {
    const box = sandbox()
    const before = await writeLayout(box)
    chmodSync(join(box.folder, 'all.yaml'), 0o640)
    expect(await merge(box, 'all.yaml', ...args)(NEW)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const after = box.read('all.yaml')
    expect(masked(after)).toBe(masked(before).replace('# trailing\n', '# trailing\n        b: <sealed>\n'))
    expect(await openedValues(box, 'all.yaml')).toEqual({ a: '1', b: '2', c: 'changed' })
    expect(await openedValues(box, 'all.yaml', 'other')).toEqual({ x: '9' })
    expect(statSync(join(box.folder, 'all.yaml')).mode & 0o777).toBe(0o640)
    expect(box.list()).toEqual(['all.yaml'])
  })

  test('of several, --name says which, else the name of the input', async () => {
    const box = sandbox()
    await writeLayout(box)
    expect(await merge(box, 'all.yaml', '--name', 'other')(NEW)).toMatchObject({ code: 0, stderr: '' })
    expect(await openedValues(box, 'all.yaml', 'other')).toEqual({ x: '9', b: '2', c: 'changed' })
    const none = await merge(box, 'all.yaml')(secretYaml('third', { b: '2' }))
    expect(none).toMatchObject({ code: 1, stderr: matching(/^error: all\.yaml holds no SealedSecret of that name/) })
  })

  test('the same in a List', async () => {
    const box = sandbox()
    const items = ['db', 'other'].map(async (name) => {
      const { stdout } = await box.kubeseal(['--cert', CERT], { stdin: secretYaml(name, { a: '1' }) })
      const item: unknown = JSON.parse(stdout)
      return item
    })
    box.write(
      'l.json',
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: await Promise.all(items) }, undefined, 1),
    )
    expect(await merge(box, 'l.json', '--name', 'other')(NEW)).toMatchObject({ code: 0, stderr: '' })
    expect(await openedValues(box, 'l.json', 'other')).toEqual({ a: '1', b: '2', c: 'changed' })
    expect(await openedValues(box, 'l.json')).toEqual({ a: '1' })
  })

  test.for([
    ['none at all', 'spec:\n  encryptedData: # values\n    a: {a}\n'],
    ['empty', 'spec:\n  encryptedData: # values\n    a: {a}\n  template: {}\n'],
    ['null', 'spec:\n  encryptedData: # values\n    a: {a}\n  template:\n    metadata: null\n'],
    [
      'some',
      'spec:\n  encryptedData: # values\n    a: {a}\n  template:\n    metadata:\n      labels:\n        team: "core" # us\n',
    ],
  ])('labels and annotations go into a template that has %s', async ([, spec]) => {
    const box = sandbox()
    await target(box, HEAD + spec)
    const input = withMeta('  labels: {team: changed, x: "yes"}\n  annotations: {note: "a: b # c"}\n')
    expect(await merge(box, 't.yaml')(input)).toMatchObject({ code: 0, stderr: '' })
    expect(box.read('t.yaml')).toContain('# values')
    const { stdout } = await box.waxseal(['unseal', '--key', CERT.replace('.crt', '.key'), '-o', 'json', 't.yaml'])
    expect(JSON.parse(stdout)).toMatchObject({
      metadata: { labels: { team: 'changed', x: 'yes' }, annotations: { note: 'a: b # c' } },
      data: { a: 'MQ==', b: 'Mg==' },
    })
  })

  test('a wider target keeps its scope, which is not noted in the template', async () => {
    const box = sandbox()
    const text = HEAD.replace('shop}', 'shop, annotations: {sealedsecrets.bitnami.com/namespace-wide: "true"}}')
    await target(box, `${text}spec:\n  encryptedData: {}\n`)
    expect(await merge(box, 't.yaml')(NEW)).toMatchObject({ code: 0, stderr: '' })
    expect(box.read('t.yaml').match(/namespace-wide/g)).toHaveLength(1)
    expect(await openedValues(box, 't.yaml')).toEqual({ b: '2', c: 'changed' })
  })

  const PLAIN = `${HEAD}spec:\n  encryptedData:\n    a: {a}\n`
  const scoped = (scope: string) => withMeta(`  annotations: {sealedsecrets.bitnami.com/${scope}: "true"}\n`)
  test.for([
    [
      'another scope by flag',
      PLAIN,
      ['--scope', 'namespace-wide'],
      NEW,
      /--scope asks for the scope namespace-wide, but/,
    ],
    ['another scope by annotation', PLAIN, [], scoped('cluster-wide'), /annotations asks for the scope cluster-wide/],
    ['several Secrets', PLAIN, [], `${NEW}---\n${NEW}`, /the input holds 2 documents/],
    ['a ConfigMap', PLAIN, [], 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', /no Secret in the input/],
    ['a Secret without data', PLAIN, [], secretYaml('db', {}).replace('stringData:\n', ''), /the Secret has no data/],
    ['another namespace', PLAIN, ['-n', 'other'], NEW, /namespace/],
    [
      'another namespace than the input, where the target has none',
      PLAIN.replace(', namespace: shop', ''),
      ['-n', 'other'],
      NEW,
      /namespace mismatch/,
    ],
    ['JSON for several documents', `${PLAIN}---\nkind: Other\n`, ['-o', 'json'], NEW, /more than the one SealedSecret/],
    ['values that are no mapping', `${HEAD}spec:\n  encryptedData: [a]\n`, [], NEW, /t\.yaml: spec\.encryptedData/],
    ['no spec', HEAD, [], NEW, /t\.yaml: spec/],
    ['no values at all', `${HEAD}spec:\n  template: {}\n`, [], NEW, /spec\.encryptedData cannot be changed in place/],
    ['the deprecated form', `${HEAD}spec:\n  data: {a}\n`, [], NEW, /deprecated/],
    ['not a SealedSecret', 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n', [], NEW, /holds no SealedSecret/],
    [
      'labels behind an anchor',
      `${PLAIN}  template: &t\n    metadata: {labels: {a: b}}\nx: *t\n`,
      [],
      withMeta('  labels: {c: d}\n'),
      /in place/,
    ],
  ] as const)('%s: an error, the file as before', async ([, text, args, input, error]) => {
    const box = sandbox()
    const before = await target(box, text)
    const result = await merge(box, 't.yaml', ...args)(input)
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(/^error: .*\n/) })
    expect(result.stderr).toMatch(error)
    expect(box.read('t.yaml')).toBe(before)
    expect(box.list()).toEqual(['t.yaml'])
  })

  test('Windows line ends and a byte order mark stay', async () => {
    const box = sandbox()
    const text = await target(box, PLAIN)
    box.write('t.yaml', `\uFEFF${text.replaceAll('\n', '\r\n')}`)
    expect(await merge(box, 't.yaml', '-o', 'yaml')(NEW)).toMatchObject({ code: 0, stderr: '' })
    const after = box.read('t.yaml')
    expect(after.startsWith('\uFEFF')).toBe(true)
    expect(after.replaceAll('\r\n', '')).not.toContain('\n')
    expect(await openedValues(box, 't.yaml')).toEqual({ a: '1', b: '2', c: 'changed' })
  })

  test('a note of the key is kept true', async () => {
    const box = sandbox()
    box.write('t.yaml', (await box.waxseal(['seal', '--cert', CERT], { stdin: secretYaml('db', { a: '1' }) })).stdout)
    const bravo = CERT.replace('alpha', 'bravo')
    const { code } = await box.kubeseal(['--cert', bravo, '--merge-into', 't.yaml', '-o', 'yaml'], { stdin: NEW })
    expect(code).toBe(0)
    expect(box.read('t.yaml')).toMatch(/sealed-with: [0-9a-f]{64},[0-9a-f]{64}\n/)
  })
})
