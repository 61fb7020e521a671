/** Plaintext Secrets in all the forms that people give them: each missed would be taken for sealed. */
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { matching, sandbox } from '../support/sandbox.ts'
import { envelope, PLAIN, sealedJson, writeAll } from './fixtures.ts'
import { pathsOf, rulesIn } from './found.ts'

const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: { password: 'hunter2' },
}
const indented = (text: string, spaces: number): string => text.replace(/^(?=.)/gm, ' '.repeat(spaces))
const kind = (written: string): string => PLAIN.replace('kind: Secret', written)
const stringData = (written: string): string => PLAIN.replace('  password: "hunter2"\n', written)

describe('plaintext-secret', () => {
  test.for([
    ['kind by an alias', `x: &k Secret\n${kind('kind: *k')}`, 8],
    ['kind by a merge', 'x: &b {apiVersion: v1, kind: Secret}\n<<: *b\nstringData: {p: hunter2}\n', 3],
    ['kind folded', kind('kind: >-\n  Secret'), 8],
    ['kind on the next line', kind('kind:\n  Secret'), 8],
    ['kind behind a comment', kind('kind: # what it is\n  Secret'), 8],
    ['kind as a complex key', kind('? kind\n: Secret'), 8],
    ['kind with tags', kind('!!str kind: !!str Secret'), 7],
    ['kind in lower case', kind('kind: secret'), 7],
    ['kind in quotes, with a space', kind(`'kind' : 'Secret'`), 7],
    ['no apiVersion', PLAIN.replace('apiVersion: v1\n', ''), 6],
    ['an apiVersion that is a number', PLAIN.replace('apiVersion: v1', 'apiVersion: 1'), 7],
    ['stringdata', PLAIN.replace('stringData', 'stringdata'), 7],
    ['values by an alias', 'x: &d {p: hunter2}\napiVersion: v1\nkind: Secret\ndata: *d\n', 4],
    ['values by a merge', 'x: &d {p: hunter2}\napiVersion: v1\nkind: Secret\ndata:\n  <<: *d\n', 4],
    ['a value that is no text', stringData('  password: {a: [hunter2]}\n'), 7],
    ['behind a byte order mark within the file', `a: 1\n---\n\uFEFF${PLAIN}`, 9],
    ['behind empty documents', `---\n---\n...\n---\n${PLAIN}...\n`, 11],
    ['an array', JSON.stringify([SECRET], null, 1), 9],
    ['a text in a List', JSON.stringify({ kind: 'List', items: [JSON.stringify(SECRET)] }, null, 1), 4],
    ['an OpenShift Template', `kind: Template\nobjects:\n- ${indented(PLAIN, 2).trim()}\n`, 9],
    ['values of a chart', `extraDeploy:\n  - ${indented(PLAIN, 4).trim()}\n`, 8],
    ['values of a chart, as a text', `extraDeploy:\n  - |\n${indented(PLAIN, 4)}`, 2],
    ['a ConfigMap with a manifest', `kind: ConfigMap\ndata:\n  a: b\n  secret.yaml: |\n${indented(PLAIN, 4)}`, 4],
    [
      'the last configuration that was applied',
      `kind: Deployment\nmetadata:\n  annotations:\n    last-applied: ${JSON.stringify(JSON.stringify(SECRET))}\n`,
      4,
    ],
    ['a playbook', `- hosts: all\n  tasks:\n  - k8s:\n      definition:\n${indented(PLAIN, 8)}`, 11],
    [
      'Kustomize',
      'kind: Kustomization\nsecretGenerator:\n- name: db\n  literals:\n  - user=\n  - password=hunter2\n',
      6,
    ],
    ['Kustomize, in a file of its own', 'kind: SecretGenerator\nliterals: [password=hunter2]\n', 2],
    [
      'Helm: values beside an action',
      PLAIN.replace('stringData:', 'stringData: {{ toYaml .x | nindent 2 }}').replace('name: db', 'name: {{ .y }}'),
      7,
    ],
    ['a key twice', stringData('  password: a\n  password: b\n'), 7],
    ['Helm: branches', stringData('  {{- if .a }}\n  p: {{ .a }}\n  {{- else }}\n  p: hunter2\n  {{- end }}\n'), 10],
    ['Helm: a condition in the line', stringData('  {{ if .a }}p: hunter2{{ end }}\n'), 7],
    ['Helm: a block that does not parse', stringData('  {{ .a }}: b: c\n  p: |\n    hunter2\n'), 8],
    ['Helm: indented wrongly', PLAIN.replace('  name: db', '  name: {{ .a }}\n   a: b'), 8],
    [
      'a file in it that has a variable elsewhere',
      stringData(`  app.conf: |\n    home = \${HOME}\n    password = hunter2\n`),
      7,
    ],
    ['beside what is sealed', sealedJson().replace('"spec"', '"stringData": {"a": "hunter2"},\n  "spec"'), 9],
    ['a password in the data of a template', sealedJson({ template: { data: { password: 'hunter2' } } }), 19],
    ['in the template of a SealedSecret', sealedJson({ template: { stringData: { a: 'hunter2' } } }), 19],
  ] as const)('%s', async ([, content, line]) => {
    const found = (await rulesIn(content)).filter((each) => each.endsWith(' plaintext-secret'))
    expect(found.map((each) => Number(each.split(':')[0]))).toEqual([line])
  })

  test.for([
    ['Kustomize: files, variables', `secretGenerator:\n- files: [a.txt]\n- literals: ["a=\${A}", "b="]\n`],
    [
      'Helm: a file with placeholders only',
      stringData('  a.conf: |\n    user = app\n    password = {{ .Values.p }}\n'),
    ],
    [
      'Helm: branches of placeholders',
      stringData('  {{ if .a }}\n  p: {{ .a }}\n  {{ else }}\n  p: {{ .b }}\n  {{ end }}\n'),
    ],
    ['a schema', `kind: CustomResourceDefinition\nspec:\n  example:\n${indented(PLAIN, 4)}`],
    ['a template of texts', sealedJson({ template: { data: { 'a.conf': 'user = app' } } })],
    ['a name', 'kind: Deployment\nspec:\n  secretKeyRef:\n    kind: Secret\n    apiVersion: v1\n    name: a\n'],
  ] as const)('not: %s', async ([, content]) => {
    expect((await rulesIn(content)).filter((each) => each.endsWith(' plaintext-secret'))).toEqual([])
  })

  test('tells all values of a Secret as one, at the first that is not excused', async () => {
    const box = sandbox()
    box.write(
      'a.yaml',
      stringData('  user: app # waxseal:ignore plaintext-secret\n  # why\n  a: b\n  password: hunter2\n'),
    )
    const { stdout } = await box.waxseal(['check', 'a.yaml'])
    expect(stdout).toMatch(
      /^a\.yaml:9:3: error: .* stringData\.a can be read .* \(and 1 more\) \[plaintext-secret\]\n$/,
    )
  })

  test('a name that says nothing, content that begins like a manifest', async () => {
    const behind = `%YAML 1.2\n---\n\n# x\nstringData: {p: x}\nkind: Secret\n`
    expect(await pathsOfAll({ 'a.bak': behind, b: `{{- if .x }}\n${PLAIN}`, c: JSON.stringify([SECRET]) })).toEqual([
      ...['a.bak', 'b', 'c'],
    ])
  })

  test.for([
    ['empty lines', '\n'.repeat(5000), ''],
    ['spaces', `kind:${' '.repeat(100_000)}`, ' '.repeat(100_000)],
    ['kinds', '"kind:'.repeat(100_000), ''],
    ['tags', '"kind:!'.repeat(100_000), ''],
    ['comments', '"kind:#'.repeat(100_000), ''],
    ['actions that do not end', PLAIN, `x: [\n${'{{'.repeat(50_000)}`],
    ['many actions in a line', PLAIN, `x: [\n${'{{a}}'.repeat(5000)}x\n`],
    ['variables that do not end', PLAIN, `x: "${'${'.repeat(100_000)}"\n`],
    ['many values', PLAIN, Array.from({ length: 5000 }, (_, index) => `  k${index}: b\n`).join('')],
  ] as const)('a text that could be read for ever: %s', async ([, before, behind]) => {
    const box = sandbox()
    box.write('a.yaml', `${before}\nkind: Secret\n${behind}`)
    expect(await box.waxseal(['check'])).toMatchObject({ timedOut: false, stderr: matching(/^1 file checked/) })
  })
})

describe('SealedSecrets', () => {
  test('that are carried along', async () => {
    const template = { kind: 'Template', objects: [JSON.parse(sealedJson({ items: { a: 'hunter2!' } })) as unknown] }
    expect(await rulesIn(JSON.stringify(template, null, 1))).toEqual([matching(/ bad-base64$/)])
  })

  test('in another case', async () => {
    expect(await rulesIn(sealedJson().replace('"SealedSecret"', '"sealedsecret"'))).toEqual([
      '3:3 invalid-sealedsecret',
    ])
  })
})

async function pathsOfAll(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const box = sandbox()
  writeAll(box, files)
  return pathsOf(box, [])
}

describe('encoding', () => {
  test('NUL bytes, UTF-32', async () => {
    expect(await rulesIn(`${PLAIN}# \0\n`)).toEqual(['1:1 encoding'])
    const utf32 = Buffer.from(`\uFEFF${PLAIN}`, 'utf16le').toString('hex').replace(/.{4}/g, '$&0000')
    expect(await rulesIn(Buffer.from(utf32, 'hex'))).toEqual(['1:1 encoding', '7:3 plaintext-secret'])
  })
})

describe('private-key', () => {
  const der = (key: ReturnType<typeof generateKeyPairSync>['privateKey'], type: 'pkcs1' | 'pkcs8'): string =>
    key.export({ format: 'der', type }).toString('base64')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

  test.for([
    ['PKCS#8', der(rsa, 'pkcs8')],
    ['PKCS#1', der(rsa, 'pkcs1')],
    ['PKCS#8 of 4096 bits', der(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey, 'pkcs8')],
    ['P-256', der(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'pkcs8')],
    ['P-384', der(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'pkcs8')],
    ['Ed25519', der(generateKeyPairSync('ed25519').privateKey, 'pkcs8')],
    ["git-crypt's", Buffer.from(`\0GITCRYPTKEY\0\0\0\u0002${'\0'.repeat(30)}`).toString('base64')],
  ] as const)('%s, base64 without PEM', async ([, base64]) => {
    expect(await rulesIn(`key=${base64}\n`, [], '.env')).toEqual(['1:5 private-key'])
    expect(await rulesIn(`a: |\n  ${base64.replace(/.{64}/g, '$&\n  ')}\n`)).toEqual(['2:3 private-key'])
  })

  test('a key file of git-crypt', async () => {
    expect(await rulesIn(Buffer.from('\0GITCRYPTKEY\0\0\0\u0002'), [], 'repo.key')).toEqual(['1:1 private-key'])
  })

  test('not: public keys and certificates in base64', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const keys = (['pkcs1', 'spki'] as const).map((type) =>
      publicKey.export({ format: 'der', type }).toString('base64'),
    )
    expect(await rulesIn(keys.join('\n'), [], 'a.txt')).toEqual([])
    expect(await rulesIn(sealedJson({ items: { a: envelope() } }))).toEqual([])
  })
})

test('files that git holds although it ignores them are checked', async () => {
  const box = sandbox()
  const git = (...args: string[]) => {
    const env = { PATH: process.env.PATH, HOME: box.folder }
    expect(spawnSync('git', args, { cwd: box.folder, env }).status).toBe(0)
  }
  git('init', '-q')
  writeAll(box, { '.gitignore': 'local/\n*.secret.yaml\n', 'a.secret.yaml': PLAIN, 'b.secret.yaml': PLAIN })
  writeAll(box, { 'local/deep/ä.yaml': PLAIN, 'local/mine.yaml': PLAIN })
  git('add', '-f', 'a.secret.yaml', 'local/deep')
  expect(await pathsOf(box, [])).toEqual(['a.secret.yaml', 'local/deep/ä.yaml'])
  expect(await pathsOf(box, ['--exclude', 'local/'])).toEqual(['a.secret.yaml'])
})
