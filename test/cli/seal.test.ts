/** Sealing and opening, as scripts: a command, what it prints, its exit code. */
import { statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { CERT, containing, KEY, matching, sandbox, secretYaml } from './support/sandbox.ts'

const CONFIG_MAP =
  '# stays as it is\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}   # odd spacing\ndata: {a: "1"}\n'

describe('waxseal seal', () => {
  test('seals standard input in its own format, and unseal opens it again', async () => {
    const box = sandbox()
    const yaml = await box.waxseal(['seal', '--cert', CERT], { stdin: secretYaml('db', { password: 'hunter2' }) })
    expect(yaml).toMatchObject({ code: 0, stderr: '' })
    expect(yaml.stdout).toMatch(/^apiVersion: bitnami.com\/v1alpha1\nkind: SealedSecret\n/)
    const opened = await box.waxseal(['unseal', '--key', KEY, '-o', 'json'], { stdin: yaml.stdout })
    expect(JSON.parse(opened.stdout)).toEqual({
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 'db', namespace: 'shop' },
      data: { password: Buffer.from('hunter2').toString('base64') },
    })
    const json = await box.waxseal(['seal', '--cert', CERT, '-'], { stdin: opened.stdout })
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'SealedSecret', metadata: { name: 'db', namespace: 'shop' } })
  })

  test('notes the key, which the kubeseal bin does not', async () => {
    const box = sandbox()
    const stdin = secretYaml('db', { a: 'b' })
    const { stdout } = await box.waxseal(['seal', '--cert', CERT, '-o', 'json'], { stdin })
    expect(JSON.parse(stdout)).toMatchObject({
      metadata: { annotations: { 'waxseal.dev/sealed-with': matching(/^[0-9a-f]{64}$/) } },
    })
    const kubeseal = await box.kubeseal(['--cert', CERT], { stdin })
    expect(kubeseal.stdout).not.toContain('sealed-with')
  })

  test('leaves everything but the Secrets byte for byte', async () => {
    const box = sandbox()
    const parts = [
      `# head\n${CONFIG_MAP}--- # mark\n`,
      secretYaml('a', { x: '1' }),
      `---\n${CONFIG_MAP}---\n`,
      secretYaml('b', { x: '2' }),
      '...\n# end\n',
    ]
    const { stdout, code } = await box.waxseal(['seal', '--cert', CERT], { stdin: parts.join('') })
    expect(code).toBe(0)
    const [head, , middle, , end] = parts
    const sealed = stdout.split(/apiVersion: bitnami[\s\S]*?(?=---|\.\.\.)/)
    expect(sealed).toEqual([head, middle, end])
  })

  test('keeps Windows line ends, reads UTF-16 with its mark as PowerShell writes it', async () => {
    const box = sandbox()
    const windows = `${secretYaml('a', { x: '1' })}---\n${CONFIG_MAP}`.replaceAll('\n', '\r\n')
    const crlf = await box.waxseal(['seal', '--cert', CERT], { stdin: windows })
    expect(crlf.code).toBe(0)
    expect(crlf.stdout.replaceAll('\r\n', '')).not.toContain('\n')
    const utf16 = Buffer.from(`\uFEFF${windows}`, 'utf16le')
    const sealed = await box.waxseal(['seal', '--cert', CERT], { stdin: utf16 })
    expect(sealed).toMatchObject({ code: 0, stdout: containing('kind: SealedSecret') })
  })

  test('the items of a List become documents, SealedSecrets and other kinds pass through', async () => {
    const box = sandbox()
    const list = { apiVersion: 'v1', kind: 'List', items: [parse(secretYaml('a', { x: '1' })), parse(CONFIG_MAP)] }
    const { stdout } = await box.waxseal(['seal', '--cert', CERT, '-o', 'yaml'], { stdin: JSON.stringify(list) })
    expect(kinds(stdout)).toEqual(['SealedSecret', 'ConfigMap'])
    const again = await box.waxseal(['seal', '--cert', CERT], { stdin: `${stdout}---\n${secretYaml('b', { x: '1' })}` })
    expect(again.stdout.startsWith(stdout)).toBe(true)
    expect(kinds(again.stdout)).toEqual(['SealedSecret', 'ConfigMap', 'SealedSecret'])
  })

  test('several files become one stream, in the order given', async () => {
    const box = sandbox()
    box.write('a.yaml', secretYaml('a', { x: '1' }))
    box.write('b.yaml', secretYaml('b', { x: '2' }))
    const { stdout } = await box.waxseal(['seal', '--cert', CERT, 'b.yaml', 'a.yaml'])
    expect([...stdout.matchAll(/^ {2}name: (\w+)$/gm)].map(([, name]) => name)).toEqual(['b', 'a'])
    expect(kinds(stdout)).toEqual(['SealedSecret', 'SealedSecret'])
  })

  test('-w in place: readable by all when new, the old mode kept, a link followed, nothing left behind', async () => {
    const box = sandbox()
    box.write('s.yaml', secretYaml('a', { x: '1' }))
    expect(await box.waxseal(['seal', '--cert', CERT, 's.yaml', '-w', 'out.yaml'])).toMatchObject({
      code: 0,
      stdout: '',
    })
    expect(mode(box.folder, 'out.yaml')).toBe(0o644 & ~process.umask())
    symlinkSync('s.yaml', join(box.folder, 'link.yaml'))
    await box.kubeseal(['--cert', CERT, '-f', 's.yaml', '-w', 'private.json'])
    expect(mode(box.folder, 'private.json')).toBe(0o600)
    await box.waxseal(['seal', '--cert', CERT, 's.yaml', '-w', 'private.json'])
    expect(mode(box.folder, 'private.json')).toBe(0o600)
    expect(JSON.parse(box.read('private.json'))).toMatchObject({ kind: 'SealedSecret' })
    await box.waxseal(['seal', '--cert', CERT, 'link.yaml', '-w', 'link.yaml'])
    expect(box.read('s.yaml')).toContain('kind: SealedSecret')
    expect(box.list()).toEqual(['link.yaml', 'out.yaml', 'private.json', 's.yaml'])
  })

  test('scope and namespace from flags, namespace from the kubeconfig', async () => {
    const box = sandbox()
    const stdin = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {x: "1"}\n'
    const wide = await box.waxseal(['seal', '--cert', CERT, '--scope', 'namespace-wide', '-n', 'billing'], { stdin })
    expect(wide.stdout).toContain('sealedsecrets.bitnami.com/namespace-wide: "true"')
    expect(wide.stdout).toContain('namespace: billing')
    const context = { name: 'c', context: { cluster: 'k', namespace: 'from-context' } }
    const kubeconfig = {
      clusters: [{ name: 'k', cluster: { server: 'http://127.0.0.1:1' } }],
      contexts: [context],
      'current-context': 'c',
    }
    box.write('kc', JSON.stringify(kubeconfig))
    const asked = await box.waxseal(['seal', '--cert', CERT], {
      stdin,
      env: { KUBECONFIG: `missing:${box.folder}/kc` },
    })
    expect(asked.stdout).toContain('namespace: from-context')
  })
})

describe('kubectl | waxseal', () => {
  test('what kubectl create secret --dry-run prints is sealed', async () => {
    const box = sandbox()
    const stdin = 'apiVersion: v1\ndata:\n  password: eA==\nkind: Secret\nmetadata:\n  name: db\n'
    const { code, stdout } = await box.waxseal(['seal', '-n', 'shop', '--cert', CERT], { stdin })
    expect(code).toBe(0)
    const opened = await box.waxseal(['unseal', '--key', KEY], { stdin: stdout })
    expect(opened.stdout).toBe(
      'apiVersion: v1\ndata:\n  password: eA==\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\n',
    )
  })
})

function kinds(text: string): unknown[] {
  const documents = parseAllDocuments(text)
  return Array.isArray(documents) ? documents.map((document) => document.get('kind')) : []
}

function mode(folder: string, path: string): number {
  return statSync(join(folder, path)).mode & 0o777
}
