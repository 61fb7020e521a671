/** What `waxseal unseal` makes of SealedSecrets besides Secrets: variables, files; and where keys come from. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CERT, KEY, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'
import { serve } from './support/server.ts'

async function sealed(box: Sandbox, path: string, values: Readonly<Record<string, string>>, name = 'db') {
  const { code, stderr } = await box.waxseal(['seal', '--cert', CERT, '-w', path], { stdin: secretYaml(name, values) })
  expect([code, stderr]).toEqual([0, ''])
}

const run = (box: Sandbox, ...args: readonly string[]) => box.waxseal(['unseal', '--key', KEY, ...args])

describe('variables', () => {
  test('a shell reads exactly the values', async () => {
    const box = sandbox()
    const values = {
      PASSWORD: `it's "quoted" $HOME \`id\` \\n $(touch pwned) ünïcode`,
      lines_2: 'one\ntwo\n\n',
      _empty: '',
    }
    await sealed(box, 's.yaml', values)
    const { code, stdout, stderr } = await run(box, '-o', 'env', 's.yaml')
    expect([code, stderr]).toEqual([0, ''])
    box.write('vars', stdout)
    const { execFileSync } = await import('node:child_process')
    const script = 'set -eu; . ./vars; printf "%s\\0%s\\0%s" "$PASSWORD" "$lines_2" "$_empty"'
    const read = execFileSync('sh', ['-c', script], { cwd: box.folder }).toString()
    expect(read.split('\0')).toEqual([values.PASSWORD, values.lines_2, values._empty])
    expect(box.list()).not.toContain('pwned')
    expect(await run(box, '-o', 'env', '-w', 'private', 's.yaml')).toMatchObject({ code: 0, stdout: '' })
    expect(statSync(join(box.folder, 'private')).mode & 0o777).toBe(0o600)
  })

  test('what cannot be a variable is refused by its key, never shown', async () => {
    const box = sandbox()
    await sealed(box, 'name.yaml', { 'tls.key': 'hidden-value' })
    await sealed(box, 'nul.yaml', { ok: 'a\0hidden-value' })
    await sealed(box, 'one.yaml', { same: 'hidden-value' })
    await sealed(box, 'two.yaml', { same: 'hidden-value' }, 'other')
    for (const [files, error] of [
      [['name.yaml'], /^error: SealedSecret shop\/db: tls\.key cannot be the name of a variable\nhint: .*--output-dir/],
      [['nul.yaml'], /^error: SealedSecret shop\/db: ok is no text.*\nhint: .*--output-dir/],
      [['one.yaml', 'two.yaml'], /^error: same: both SealedSecret shop\/db and SealedSecret shop\/other have it/],
    ] as const) {
      const result = await run(box, '-o', 'env', ...files)
      expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
      expect(result.stderr).not.toContain('hidden-value')
    }
  })
})

describe('a file for each value', () => {
  test('byte for byte, for the owner alone, in a folder that is made', async () => {
    const box = sandbox()
    await sealed(box, 's.yaml', { 'tls.key': 'key\n', token: 'a\0b' })
    const result = await run(box, '--output-dir', 'out/db', 's.yaml')
    expect(result).toMatchObject({ code: 0, stdout: 'out/db/tls.key\nout/db/token\n', stderr: '' })
    expect(readFileSync(join(box.folder, 'out/db/token'))).toEqual(Buffer.from('a\0b'))
    const modes = ['out', 'out/db', 'out/db/token'].map((path) => statSync(join(box.folder, path)).mode & 0o777)
    expect(modes).toEqual([0o700, 0o700, 0o600])
  })

  test('several SealedSecrets: placeholders keep them apart, and without them nothing is written', async () => {
    const box = sandbox()
    await sealed(box, 'one.yaml', { a: '1' })
    await sealed(box, 'two.yaml', { a: '2' }, 'other')
    const refused = await run(box, '--output-dir', 'out', 'one.yaml', 'two.yaml')
    const error = /^error: --output-dir: two results would be written to out\/a\nhint: .*\{namespace\}, \{name\}/
    expect(refused).toMatchObject({ code: 1, stderr: matching(error) })
    expect(box.list()).not.toContain('out')
    const { code } = await run(box, '--output-dir', 'out/{namespace}-{name}', 'one.yaml', 'two.yaml')
    expect(code).toBe(0)
    expect([box.read('out/shop-db/a'), box.read('out/shop-other/a')]).toEqual(['1', '2'])
    const unknown = await run(box, '--output-dir', 'out/{cluster}', 'one.yaml')
    expect(unknown).toMatchObject({ code: 2, stderr: matching(/unknown placeholder \{cluster\}\nhint: there are \{/) })
    const both = await run(box, '--output-dir', 'out', '-o', 'env', 'one.yaml')
    expect(both).toMatchObject({ code: 2 })
  })
})

describe('folders and dry runs', () => {
  test('of a folder the manifests with SealedSecrets are opened; a dry run opens, and writes nothing', async () => {
    const box = sandbox()
    const { mkdirSync } = await import('node:fs')
    mkdirSync(join(box.folder, 'in'))
    await sealed(box, 'in/one.yaml', { a: 'hidden-value' })
    await sealed(box, 'in/two.json', { b: 'hidden-value' }, 'other')
    box.write('in/map.yaml', 'kind: ConfigMap\napiVersion: v1\n')
    expect(await run(box, '-o', 'env', 'in')).toMatchObject({ code: 0, stdout: "a='hidden-value'\nb='hidden-value'\n" })
    const before = box.list()
    for (const args of [
      ['-w', 'out.yaml'],
      ['-w', 'out', '-o', 'env'],
      ['--output-dir', 'out/{name}'],
    ]) {
      const result = await run(box, '--dry-run', ...args, 'in')
      expect(result.code).toBe(0)
      expect(result.stdout + result.stderr).not.toContain('hidden-value')
      expect(box.list()).toEqual(before)
    }
    const cert = await box.waxseal(['cert', '--cert', CERT, '-w', 'copy.pem', '--dry-run'])
    expect(cert).toMatchObject({
      code: 0,
      stdout: readFileSync(CERT, 'utf8'),
      stderr: matching(/copy\.pem would be written/),
    })
    const keys = await box.waxseal(['keys', 'generate', '--dry-run'])
    expect(keys).toMatchObject({ code: 0, stdout: '', stderr: matching(/key\.pem and cert\.pem would be made/) })
    expect(box.list()).toEqual(before)
    mkdirSync(join(box.folder, 'empty'))
    expect(await run(box, 'empty')).toMatchObject({
      code: 1,
      stderr: matching(/^error: no SealedSecret in the folder empty/),
    })
  })
})

describe('--from-cluster', () => {
  const secret = (name: string, created: string, key: string) => ({
    metadata: { name, namespace: 'kube-system', creationTimestamp: created },
    data: { 'tls.key': Buffer.from(key).toString('base64') },
  })
  const pages = [
    [secret('garbage', '2026-01-01T00:00:00Z', 'no key: hidden-value')],
    [secret('good', '2026-02-01T00:00:00Z', readFileSync(KEY, 'utf8'))],
  ]

  async function cluster(box: Sandbox, status = 200): Promise<void> {
    const server = await serve((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost')
      const isList = url.pathname === '/api/v1/namespaces/kube-system/secrets'
      const isSelected = url.searchParams.get('labelSelector') === 'sealedsecrets.bitnami.com/sealed-secrets-key'
      const page = Number(url.searchParams.get('continue') ?? 0)
      const body = { metadata: { continue: page === 0 ? '1' : '' }, items: pages[page] }
      response.writeHead(isList && isSelected ? status : 404).end(JSON.stringify(body))
    })
    const parts = { clusters: [{ name: 'c', cluster: { server } }], users: [{ name: 'u', user: { token: 't' } }] }
    const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u' } }]
    box.write('kc', JSON.stringify({ ...parts, contexts, 'current-context': 'x' }))
  }

  test('keys of all pages open; one that is none is named, and passed over', async () => {
    const box = sandbox()
    await sealed(box, 's.yaml', { a: 'opened' })
    await cluster(box)
    const result = await box.waxseal(['unseal', '--from-cluster', '--kubeconfig', 'kc', '-o', 'env', 's.yaml'])
    expect(result).toMatchObject({ code: 0, stdout: "a='opened'\n" })
    expect(result.stderr).toMatch(/^warning: Secret garbage: no .*private key/)
    expect(result.stderr).not.toContain('hidden-value')
    const again = await box.waxseal(['reseal', '--from-cluster', '--kubeconfig', 'kc', '--cert', CERT, 's.yaml'])
    expect(again).toMatchObject({ code: 0, stderr: matching(/1 sealed for this key before/) })
    const verified = await box.waxseal(['verify', '--from-cluster', '--kubeconfig', 'kc', 's.yaml'])
    expect(verified).toMatchObject({ code: 0, stdout: matching(/ok \(1 value\)/) })
  })

  test('without the right, or without any key source, it says what to do', async () => {
    const box = sandbox()
    await sealed(box, 's.yaml', { a: 'x' })
    await cluster(box, 403)
    const result = await box.waxseal(['unseal', '--from-cluster', '--kubeconfig', 'kc', 's.yaml'])
    const error =
      /^error: .*the right to list on secrets in namespace kube-system is missing \(403\)\nhint: .*--key FILE/
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
    const none = await box.waxseal(['unseal', 's.yaml'])
    expect(none).toMatchObject({ code: 2, stderr: matching(/--key FILE, or --from-cluster/) })
  })
})
