/** waxseal raw: one value, sealed. */
import { describe, expect, test } from 'vitest'
import { CERT, matching, sandbox } from './support/sandbox.ts'
import { openedValues } from './support/sealed.ts'
import { onTerminal } from './support/terminal.ts'

const raw = (...args: string[]) => ['raw', '--cert', CERT, ...args]
const DB = ['-n', 'shop', '--name', 'db']
const SEALED = /^[A-Za-z0-9+/]{300,}={0,2}$/

describe('waxseal raw', () => {
  test.for([
    ['standard input', DB, 'hunter2', 'metadata: {name: db, namespace: shop}'],
    ['standard input named', [...DB, '-'], 'hunter2', 'metadata: {name: db, namespace: shop}'],
    ['a file', [...DB, 'v'], '', 'metadata: {name: db, namespace: shop}'],
    ['a file with -f', [...DB, '-f', 'v'], '', 'metadata: {name: db, namespace: shop}'],
    [
      'a namespace',
      ['-n', 'shop', '--scope', 'namespace-wide'],
      'hunter2',
      'metadata: {name: any, namespace: shop, annotations: {sealedsecrets.bitnami.com/namespace-wide: "true"}}',
    ],
    [
      'the cluster',
      ['--scope', 'cluster-wide'],
      'hunter2',
      'metadata: {name: any, namespace: else, annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"}}',
    ],
  ] as const)('%s', async ([, args, stdin, metadata]) => {
    const box = sandbox()
    box.write('v', 'hunter2')
    const { code, stdout, stderr } = await box.waxseal(raw(...args), { stdin })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: matching(SEALED), stderr: '' })
    const head = `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n${metadata}\n`
    box.write('s.yaml', `${head}spec:\n  encryptedData:\n    password: ${stdout}\n`)
    const name = metadata.includes('any') ? 'any' : 'db'
    expect(await openedValues(box, 's.yaml', name)).toEqual({ password: 'hunter2' })
  })

  test('the namespace comes from the kubeconfig where it is not given', async () => {
    const box = sandbox()
    const context = { name: 'c', context: { cluster: 'k', namespace: 'shop' } }
    const cluster = { name: 'k', cluster: { server: 'http://127.0.0.1:1' } }
    box.write('kc', JSON.stringify({ clusters: [cluster], contexts: [context], 'current-context': 'c' }))
    const { stdout } = await box.waxseal(raw('--kubeconfig', 'kc', '--name', 'db'), { stdin: '1' })
    const head = 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n'
    box.write('s.yaml', `${head}spec: {encryptedData: {a: "${stdout}"}}\n`)
    expect(await openedValues(box, 's.yaml')).toEqual({ a: '1' })
  })

  test('on a terminal it asks', async () => {
    const box = sandbox()
    const steps = [{ shown: 'Value: ', keys: 'hunter2\n' }]
    const { code, screen } = await onTerminal('waxseal', raw(...DB), steps, { cwd: box.folder })
    expect(code).toBe(0)
    expect(screen).toMatch(/^Value: \s+A[A-Za-z0-9+/]{300,}={0,2}$/)
  })

  test.for([
    [['hunter2'], 2, /^error: FILE \.\.\.: there is no such file, and a value is never taken.*\nhint: .*history/],
    [['a', 'b'], 2, /^error: one value at a time: at most one FILE\nhint: waxseal raw --help/],
    [['-n', 'shop'], 1, /^error: a strict value is sealed for one Secret: --name NAME.*\nhint: /],
    [['--name', 'db'], 1, /^error: no namespace: -n NAMESPACE.*\nhint: /],
    [['-n', 'Shop', '--name', 'db'], 1, /^error: --namespace: "Shop" cannot be/],
    [['-n', 'shop', '--name', 'd b'], 1, /^error: --name: "d b" cannot be/],
    [DB, 1, /^error: no value: standard input is empty\nhint: /],
    [[...DB, '.'], 1, /^error: .*is a directory/],
  ] as const)('%s fails', async ([args, code, error]) => {
    const box = sandbox()
    const result = await box.waxseal(raw(...(args[0] === 'hunter2' ? DB : []), ...args))
    expect(result).toMatchObject({ code, stdout: '', stderr: matching(error) })
    expect(result.stderr).not.toContain('hunter2')
  })
})
