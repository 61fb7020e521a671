/** Input that cannot be sealed: one clear line, a hint, exit code 1, nothing on stdout and no file changed. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CERT, KEY, matching, sandbox, secretYaml } from './support/sandbox.ts'
import { KEYS } from './support/transcript.ts'

const META = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: shop}\n'
const levels = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...['ab', 'bc', 'cd', 'de', 'ef'].map(
    ([from, to]) => `${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`,
  ),
]

interface Case {
  readonly what: string
  readonly stdin: string | Uint8Array
  readonly error: RegExp
}

const CASES: readonly Case[] = [
  { what: 'not YAML', stdin: 'a: [b\n', error: /^error: document 1, line \d+: not valid YAML/ },
  { what: 'text, no object', stdin: 'hello\n', error: /^error: not a Kubernetes object/ },
  {
    what: 'no Secret',
    stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    error: /^error: no Secret in the input, only a ConfigMap\nhint: /,
  },
  {
    what: 'sealed already',
    stdin: 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\n',
    error: /only a SealedSecret.*\nhint: it is sealed already/,
  },
  {
    what: 'kind in lower case beside a Secret',
    stdin: `${secretYaml('a', { x: '1' })}---\napiVersion: v1\nkind: secret\nstringData: {a: b}\n`,
    error: /^error: document 2: a secret is not a Secret\nhint: /,
  },
  {
    what: 'no kind beside a Secret',
    stdin: `${secretYaml('a', { x: '1' })}---\nmetadata: {name: b}\n`,
    error: /^error: document 2: an object without kind is not a Secret/,
  },
  {
    what: 'no name',
    stdin: 'apiVersion: v1\nkind: Secret\nmetadata: {namespace: shop}\nstringData: {a: b}\n',
    error: /^error: metadata.name: .*\nhint: .*--name/,
  },
  {
    what: 'no namespace',
    stdin: 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}\n',
    error: /^error: metadata.namespace: .*\nhint: .*--namespace/,
  },
  {
    what: 'bad base64',
    stdin: `${META}data: {fine: YQ==, password: "***"}\n`,
    error: /^error: .*password.*base64|^error: .*base64.*password/,
  },
  {
    what: 'bad base64 in the second document',
    stdin: `${secretYaml('a', { x: '1' })}---\n${META}data: {password: "***"}\n`,
    error: /^error: document 2: .*password/,
  },
  {
    what: 'duplicate keys',
    stdin: `${META}stringData:\n  a: b\n  a: c\n`,
    error: /^error: document 1, line 6: duplicate key "a"/,
  },
  {
    what: 'duplicate keys in JSON',
    stdin: '{"apiVersion":"v1","kind":"Secret","kind":"Secret"}',
    error: /duplicate key "kind"/,
  },
  {
    what: 'a YAML alias bomb',
    stdin: `${levels.join('\n')}\n`,
    error: /^error: document 1, line \d+: aliases stand for too much/,
  },
  {
    what: '10 MB in one YAML document',
    stdin: secretYaml('a', { x: 'x'.repeat(10 * 1024 * 1024) }),
    error: /^error: document 1, line 1: larger than 3 MiB/,
  },
  {
    what: '10 MB in one JSON document',
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: { a: 'x'.repeat(10 * 1024 * 1024) } }),
    error: /^error: document 1, line 1: larger than 3 MiB/,
  },
  {
    what: 'numbers as text',
    stdin: `${META}stringData: {pin: 0123}\n`,
    error: /^error: stringData.pin: .*\nhint: put it in quotes/,
  },
  {
    what: 'Latin-1',
    stdin: Buffer.from(`${META}stringData: {a: "\u00e4"}\n`, 'latin1'),
    error: /^error: the text is not valid UTF-8\nhint: /,
  },
  { what: 'nothing at all', stdin: '', error: /^error: no Secret in the input: it is empty\nhint: / },
  { what: 'only comments', stdin: '# nothing\n---\n', error: /^error: no Secret in the input: it is empty/ },
  {
    what: 'an empty List',
    stdin: 'apiVersion: v1\nkind: List\nitems: []\n',
    error: /^error: no Secret in the input, only a List/,
  },
  { what: 'no data', stdin: META, error: /^error: the Secret has no data\nhint: .*--allow-empty-data/ },
  {
    what: 'another namespace than -n',
    stdin: secretYaml('a', { x: '1' }),
    error: /^error: namespace mismatch: .*shop.*billing/,
  },
]

describe('waxseal seal refuses', () => {
  test.for(CASES)('$what', async ({ what, stdin, error }) => {
    const box = sandbox()
    box.write('out.yaml', 'old\n')
    const flags = what.includes('-n') ? ['-n', 'billing'] : []
    const result = await box.waxseal(['seal', '--cert', CERT, '-w', 'out.yaml', ...flags], { stdin })
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
    expect(result.stderr.split('\n').length).toBeLessThanOrEqual(3)
    expect(box.read('out.yaml')).toBe('old\n')
    expect(box.list()).toEqual(['out.yaml'])
  })

  test('names the file and the document', async () => {
    const box = sandbox()
    box.write('two.yaml', `${secretYaml('a', { x: '1' })}---\n${META}data: {password: "***"}\n`)
    const { stderr } = await box.waxseal(['seal', '--cert', CERT, 'two.yaml'])
    expect(stderr).toMatch(/^error: two\.yaml: document 2: /)
  })

  test('never quotes a value', async () => {
    const box = sandbox()
    for (const stdin of [
      `${META}data: {a: "s3cr3t-not-base64!"}\n`,
      `${META}stringData: {a: [s3cr3t-not]}\n`,
      `{"a": s3cr3t-not}`,
      `a: [s3cr3t-not\n`,
    ]) {
      const { stderr, code } = await box.waxseal(['seal', '--cert', CERT], { stdin, env: { WAXSEAL_DEBUG: '' } })
      expect(code).toBe(1)
      expect(stderr).not.toContain('s3cr3t')
    }
  })
})

describe('waxseal unseal refuses', () => {
  test('a key that does not fit, naming the values', async () => {
    const box = sandbox()
    const { stdout } = await box.waxseal(['seal', '--cert', CERT], { stdin: secretYaml('db', { password: 'x' }) })
    const other = await box.waxseal(['unseal', '--key', join(KEYS, 'bravo.key')], { stdin: stdout })
    expect(other).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^error: no key could decrypt secret \(password\)/),
    })
    const renamed = await box.waxseal(['unseal', '--key', KEY], { stdin: stdout.replaceAll('name: db', 'name: other') })
    expect(renamed.code).toBe(1)
  })

  test.for([
    ['ecdsa.key', /no usable private key in this file: .*RSA/],
    ['alpha-encrypted.key', /encrypted.*decrypt/],
    ['alpha.crt', /no private key in this file/],
    ['keyless-secret.yaml', /tls\.key/],
    ['missing.key', /^error: open .*missing\.key: no such file or directory/],
  ] as const)('%s as a key', async ([name, error]) => {
    const box = sandbox()
    const result = await box.waxseal(['unseal', '--key', join(KEYS, name)], { stdin: '' })
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
    expect(result.stderr).toContain(name)
  })

  test('to write into a missing folder before it asks for anything', async () => {
    const box = sandbox()
    const { stderr } = await box.waxseal(['unseal', '--key', 'gone', '-w', 'none/x'], { stdin: '' })
    expect(stderr).toMatch(/^error: write none\/x: no such file or directory\nhint: /)
  })
})
