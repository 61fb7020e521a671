/** What `waxseal check` takes for a secret that anybody can read, and what not. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKey } from 'openpgp'
import { describe, expect, test } from 'vitest'
import { CERT, matching, type Sandbox, sandbox } from '../support/sandbox.ts'
import { KEYS } from '../support/transcript.ts'
import { CONFIG_MAP, PLAIN, privateKeys, vector, writeAll } from './fixtures.ts'
import { rulesIn, rulesOf } from './found.ts'

/** Letters of Bech32, as many as an identity of age has. */
const AGE = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE'

describe('plaintext-secret', () => {
  const item = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { k: 'eA==' } }
  test.for([
    ['data', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  k: eA==\n', ['5:3 plaintext-secret']],
    [
      'one line',
      'x: 1\n---\n{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: eA==}}',
      ['3:60 plaintext-secret'],
    ],
    [
      'quotes, tag, comment',
      'kind: !!str "Secret" # x\napiVersion: v1\nstringData: {k: 1234}\n',
      ['3:14 plaintext-secret'],
    ],
    ['JSON', JSON.stringify(item), ['1:68 plaintext-secret']],
    [
      'a List in a List',
      JSON.stringify(
        { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'List', items: [item] }] },
        null,
        1,
      ),
      ['16:7 plaintext-secret'],
    ],
    [
      'a SecretList whose items have no kind',
      'apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n  data:\n    k: eA==\n',
      ['6:5 plaintext-secret'],
    ],
    ['Windows line ends', PLAIN.replaceAll('\n', '\r\n'), ['7:3 plaintext-secret']],
  ] as const)('%s', async ([, content, expected]) => {
    expect(await rulesIn(content)).toEqual(expected)
  })

  test.for([
    ['a ConfigMap that mentions Secret', `${CONFIG_MAP}  note: |\n    kind: Secret\n    stringData: {a: b}\n`],
    [
      'no values',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: token}\ntype: kubernetes.io/service-account-token\ndata: {}\n',
    ],
    ['empty values', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: "", b: null}\n'],
    [
      'a reference',
      'apiVersion: v1\nkind: Role\nmetadata: {name: a}\nrules: []\ntarget:\n  kind: Secret\n  data: {a: b}\n',
    ],
    ['another Secret', 'apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}\n'],
    [
      'SOPS',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"}\n',
    ],
    ['envsubst', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: "\${PASSWORD}"}\n`],
    ['argocd-vault-plugin', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: <path:kv/a#b>}\n'],
    [
      'a schema',
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec:\n  example:\n    kind: Secret\n    apiVersion: v1\n    data: {a: b}\n',
    ],
    [
      'Helm: values',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include "x" . }}\ndata:\n  {{- range $k, $v := .Values.s }}\n  {{ $k }}: {{ $v | b64enc }}\n  {{- end }}\n  b: {{ .Values.b | quote }}\n',
    ],
    ['Helm: quoted', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: "{{ .Values.a }}"\n'],
    [
      'Helm: all of data',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  {{- toYaml .Values.data | nindent 2 }}\n',
    ],
    ['a schema of Helm that no reader can parse', '{{- if .Values.x }}\nkind: Secret\n  {{ else }}\n a: [\n'],
  ] as const)('not: %s', async ([, content]) => {
    expect(await rulesIn(content)).toEqual([])
  })

  test('Helm: a value written out, behind actions of all kinds', async () => {
    const content = `{{- if .Values.enabled -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-db
  labels: {{- include "labels" . | nindent 4 }}
data:
  {{- if .Values.a }}
  a: {{ .Values.a | b64enc }}
  {{- end }}
  b: aHVudGVyMg==
{{- end }}
`
    expect(await rulesIn(content, [], 'templates/secret.yaml')).toEqual(['11:3 plaintext-secret'])
  })

  test('Markdown with a Secret in it is no manifest, a manifest without an extension is one', async () => {
    expect(await rulesIn(`# How\n\n\`\`\`yaml\n${PLAIN}\`\`\`\n`, [], 'README.md')).toEqual([])
    expect(await rulesIn(`# by hand\n${PLAIN}`, [], 'secret')).toEqual(['8:3 plaintext-secret'])
  })
})

describe('a default that can be read', () => {
  const secret = (key: string, value: string) =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  ${key}: ${value}\n`
  test.for([
    ['password', '{{ .Values.password | default "hunter2" | quote }}'],
    ['db_password', '"{{ default "hunter2" .Values.password }}"'],
    ['apiKey', '{{ .Values.key | default `hunter2` }}'],
    ['token', '"x-{{ default "hunter2" .Values.token }}-y"'],
    ['password', `\${PASSWORD:-hunter2}`],
    ['password', `"\${PASSWORD:=hunter2}"`],
  ])('%s: %s', async ([key = '', value = '']) => {
    expect(await rulesIn(secret(key, value), [], 'templates/a.yaml')).toEqual(['5:3 plaintext-secret'])
  })

  test('also where the template cannot be parsed, and in the literals of kustomize', async () => {
    const broken = `{{ if x }}\n${secret('password', '{{ .x | default "hunter2" }}')} {{ else }}\n b: [\n{{ end }}\n`
    expect(await rulesIn(broken, [], 'templates/a.yaml')).toEqual(['6:3 plaintext-secret'])
    const kustomize = `kind: Kustomization\nsecretGenerator:\n- name: a\n  literals:\n  - password=\${P:-hunter2}\n`
    expect(await rulesIn(kustomize, [], 'kustomization.yaml')).toEqual(['5:5 plaintext-secret'])
  })

  test.for([
    ['username', '{{ .Values.username | default "postgres" }}'],
    ['username', `\${USER:-postgres}`],
    ['password', '{{ .Values.password | default "" }}'],
    ['password', '{{ .Values.password | default (randAlphaNum 16) }}'],
    ['password', '{{ .Values.password | default .Values.global.password }}'],
    ['password', `\${PASSWORD:-}`],
    ['password', `\${PASSWORD:-$OTHER}`],
  ])('not: %s: %s', async ([key = '', value = '']) => {
    expect(await rulesIn(secret(key, value), [], 'templates/a.yaml')).toEqual([])
  })
})

describe('private-key', () => {
  const keys = privateKeys()
  test.for(Object.keys(keys))(
    '%s: PEM, indented, in JSON, base64, base64 in lines, behind a certificate',
    async (name) => {
      const pem = keys[name] ?? ''
      const box = sandbox()
      const cert = readFileSync(CERT, 'utf8')
      writeAll(box, {
        'a.pem': pem,
        'b.txt': `# x\n  key: |\n${pem.replace(/^/gm, '    ')}`,
        'c.json': JSON.stringify({ a: 1, key: pem }),
        'd.txt': `key=${btoa(pem)}`,
        'e.txt': `key: |\n${btoa(pem).replace(/.{1,60}/g, '  $&\n')}`,
        'f.txt': `a: ${btoa(`${cert}${pem}`)}\nb: ${btoa(`x${pem}`)}\nc: ${btoa(`xx${pem}`)}\n`,
        'g.js': `const key = \`${pem.replaceAll('\n', '\\n')}\`\n`,
      })
      expect(await rulesOf(box, ['a.pem', 'b.txt', 'c.json', 'd.txt', 'e.txt', 'f.txt', 'g.js'])).toEqual([
        '1:1 private-key',
        '3:5 private-key',
        '1:15 private-key',
        '1:5 private-key',
        '2:3 private-key',
        '1:4 private-key',
        matching(/^2:\d+ private-key$/),
        matching(/^3:\d+ private-key$/),
        '1:14 private-key',
      ])
    },
  )

  test.each(['rsa', 'ecc', 'curve25519', 'curve448'] as const)(
    'an OpenPGP key of the kind %s, if open',
    async (type) => {
      for (const v6Keys of type === 'ecc' ? [false] : [false, true]) {
        const make = async (passphrase?: string): Promise<string> => {
          const { privateKey } = await generateKey({
            ...{ type, userIDs: [{ name: 'a' }], config: { v6Keys } },
            ...(passphrase === undefined ? {} : { passphrase }),
          })
          return privateKey
        }
        expect(await rulesIn(await make(), [], 'a.txt')).toEqual(['1:1 private-key'])
        expect(await rulesIn(await make('x'), [], 'a.txt')).toEqual([])
      }
    },
  )

  test('an identity of age', async () => {
    const file = `# created: 2026-01-02T03:04:05Z\n# public key: age1x\nAGE-SECRET-KEY-1${AGE}\n`
    expect(await rulesIn(file, [], 'keys.txt')).toEqual(['3:1 private-key'])
    expect(await rulesIn(`x=${btoa(PLAIN)} key="AGE-SECRET-KEY-PQ-1${AGE}${AGE}"`, [], 'env')).toEqual([
      matching(/^1:\d+ private-key$/),
    ])
  })

  test.for([
    ['an example without a key', '```\n-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n```\n'],
    [
      'a shortened example',
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----\n',
    ],
    ['letters that are no key', `-----BEGIN PRIVATE KEY-----\n${'MIIEXXXX'.repeat(8)}\n-----END PRIVATE KEY-----\n`],
    ['a pattern in code', 'if (text.includes("-----BEGIN PRIVATE KEY-----")) throw new Error("PRIVATE KEY")\n'],
    ['base64 of an example', btoa('-----BEGIN PRIVATE KEY-----\n(your key)\n-----END PRIVATE KEY-----\n')],
    ['a certificate', readFileSync(CERT, 'utf8')],
    ['a certificate in base64', btoa(readFileSync(CERT, 'utf8'))],
    ['an encrypted key', readFileSync(join(KEYS, 'alpha-encrypted.key'), 'utf8')],
    ['an OpenPGP key with a passphrase', vector('bob.secret.asc')],
    ['a public OpenPGP key', vector('alice.public.asc')],
    [
      'an example of an OpenPGP key',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n...\n-----END PGP PRIVATE KEY BLOCK-----\n',
    ],
    ['an example of age', `AGE-SECRET-KEY-1${'X'.repeat(58)}\n`],
    ['a public key of age', `age1${AGE.toLowerCase()}\n`],
  ] as const)('not: %s', async ([, content]) => {
    expect(await rulesIn(content, [], 'a.txt')).toEqual([])
  })
})

describe('git-crypt-plaintext', () => {
  const git = (box: Sandbox, ...args: string[]): void => {
    const { status, stderr } = spawnSync('git', args, {
      cwd: box.folder,
      env: { PATH: process.env.PATH, HOME: box.folder },
    })
    if (status !== 0) throw new Error(stderr.toString())
  }

  test('staged in plain text; what is staged encrypted may be plain in the work tree', async () => {
    const box = sandbox()
    git(box, 'init', '-q')
    const encrypted = Buffer.concat([Buffer.from('\0GITCRYPT\0'), Buffer.alloc(40, 9)])
    writeAll(box, { 'plain/a.yaml': PLAIN, 'good/b.yaml': encrypted, 'plain/empty': '', 'c.yaml': PLAIN })
    git(box, 'add', '.')
    writeAll(box, { '.gitattributes': 'plain/** filter=git-crypt diff=git-crypt\ngood/** filter=git-crypt-shop\n' })
    writeAll(box, { 'good/b.yaml': PLAIN, 'good/new.yaml': PLAIN })
    const { stdout } = await box.waxseal(['check'])
    expect(stdout.replace(/: error: .*\[/g, ' [')).toBe(
      'c.yaml:7:3 [plaintext-secret]\nplain/a.yaml:1:1 [git-crypt-plaintext]\nplain/a.yaml:7:3 [plaintext-secret]\n',
    )
    expect((await box.waxseal(['check', 'good/b.yaml', 'good/new.yaml'])).stdout).toBe('')
  })

  test('without git it says so, and findings stay', async () => {
    const box = sandbox()
    writeAll(box, { '.git/HEAD': '', '.gitattributes': '*.yaml filter=git-crypt\n', 'a.yaml': PLAIN })
    const { code, stderr } = await box.waxseal(['check'], { env: { PATH: '/nowhere' } })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: matching(/^warning: git-crypt attributes could not be looked at: .*git is not installed/),
    })
  })
})
