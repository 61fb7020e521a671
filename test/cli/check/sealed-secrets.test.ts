/** What `waxseal check` finds wrong in SealedSecrets, certificates and encodings. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CERT, matching, sandbox } from '../support/sandbox.ts'
import { KEYS } from '../support/transcript.ts'
import { CONFIG_MAP, envelope, PLAIN, sealedJson } from './fixtures.ts'
import { rulesIn, rulesOf } from './found.ts'

describe('SealedSecrets', () => {
  const bitnami = 'sealedsecrets.bitnami.com'
  test.for([
    ['unreadable-document', 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: [\n', '4:1'],
    ['duplicate-key', 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nkind: SealedSecret\n', '3:1'],
    ['invalid-sealedsecret', sealedJson({ items: { a: 1 } }), '11:7'],
    ['invalid-sealedsecret', sealedJson().replace('v1alpha1', 'v1'), '2:3'],
    ['bad-base64', sealedJson({ items: { ok: envelope(), bad: `${envelope()}!` } }), '12:7'],
    ['envelope-length', sealedJson({ items: { a: 'aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=' } }), '11:7'],
    ['envelope-length', sealedJson({ items: { a: envelope().slice(0, 300) } }), '11:7'],
    ['envelope-length', sealedJson({ items: { a: '' } }), '11:7'],
    [
      'scope-in-template',
      sealedJson({ template: { metadata: { annotations: { [`${bitnami}/cluster-wide`]: 'true' } } } }),
      '16:11',
    ],
    ['name-mismatch', sealedJson({ template: { metadata: { name: 'other', namespace: 'shop' } } }), '15:9'],
    ['invalid-name', sealedJson({ name: 'Db_1', template: { metadata: null } }), '5:5'],
    ['invalid-name', sealedJson({ items: { 'a b': envelope() } }), '11:7'],
    ['too-large', sealedJson({ items: { a: envelope(2048, 1024 * 1024 + 17) } }), '10:5'],
    ['too-large', `kind: SealedSecret\na: ${'x'.repeat(3 * 1024 * 1024)}\n`, '1:1'],
    ['duplicate-document', `${sealedJson()}\n---\n${sealedJson()}`, '26:5'],
  ] as const)('%s', async ([rule, content, at]) => {
    expect(await rulesIn(content)).toEqual([`${at} ${rule}`])
  })

  test.for([
    [
      'scopes on both',
      sealedJson({
        annotations: { [`${bitnami}/cluster-wide`]: 'true' },
        template: { metadata: { annotations: { [`${bitnami}/cluster-wide`]: 'true' } } },
      }),
    ],
    [
      'renamed, namespace-wide',
      sealedJson({
        annotations: { [`${bitnami}/namespace-wide`]: 'true' },
        template: { metadata: { name: 'other', namespace: 'shop' } },
      }),
    ],
    [
      'moved, cluster-wide',
      sealedJson({
        namespace: undefined,
        annotations: { [`${bitnami}/cluster-wide`]: 'true' },
        template: { metadata: { namespace: 'x' } },
      }),
    ],
    ['a template with actions', sealedJson({ template: { data: { url: 'postgres://{{ .password }}@db' } } })],
    ['RSA-4096, an empty value', sealedJson({ items: { a: envelope(4096, 16) } })],
    ['the same name in another namespace', `${sealedJson()}\n---\n${sealedJson({ namespace: 'other' })}`],
    [
      'Helm',
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\nspec:\n  encryptedData:\n    a: {{ .Values.sealed.a }}\n',
    ],
    ['a schema', readFileSync(new URL('../../../deploy/crd.yaml', import.meta.url), 'utf8')],
    ['another broken document', `${sealedJson()}\n---\nkind: ConfigMap\na: [\n`],
  ] as const)('not: %s', async ([, content]) => {
    expect(await rulesIn(content)).toEqual([])
  })

  test('what waxseal and kubeseal seal passes', async () => {
    const box = sandbox()
    for (const run of [
      box.waxseal(['seal', '--cert', CERT], { stdin: PLAIN }),
      box.kubeseal(['--cert', CERT], { stdin: PLAIN }),
    ]) {
      const { stdout } = await run
      expect(await box.waxseal(['check', '--cert', CERT, '--strict', '-'], { stdin: stdout })).toMatchObject({
        code: 0,
        stdout: '',
      })
    }
  })
})

describe('--cert', () => {
  test('wrong-key: sealed for a certificate that is not among those given', async () => {
    const box = sandbox()
    const { stdout } = await box.waxseal(['seal', '--cert', CERT], { stdin: PLAIN })
    box.write('a.yaml', stdout)
    const bravo = join(KEYS, 'bravo.crt')
    expect(await rulesOf(box, ['--cert', bravo, 'a.yaml'])).toEqual([matching(/^\d+:\d+ wrong-key$/)])
    expect(await rulesOf(box, ['--cert', bravo, '--cert', CERT, 'a.yaml'])).toEqual([])
  })

  test('envelope-length: a key of another size', async () => {
    expect(await rulesIn(sealedJson({ items: { a: envelope(4096) } }), ['--cert', CERT])).toEqual([
      '11:7 envelope-length',
    ])
  })

  test('expired-certificate and expiring-certificate, at the certificate', async () => {
    const box = sandbox()
    const { stdout } = await box.waxseal(['check', '--cert', join(KEYS, 'expired.crt')])
    expect(stdout).toMatch(
      /^\S+expired\.crt:1:1: error: the certificate expired on \d{4}-\d\d-\d\d \[expired-certificate\]\n$/,
    )
    await box.waxseal(['keys', 'generate', '--bits', '2048', '--ttl', '240h'])
    expect(await rulesOf(box, ['--cert', 'cert.pem', 'cert.pem'])).toEqual(['1:1 expiring-certificate'])
    expect(await rulesOf(box, ['--cert', CERT, CERT])).toEqual([])
  })
})

describe('encoding', () => {
  test('UTF-16 with and without a mark, and what is in it; invalid UTF-8', async () => {
    expect(await rulesIn(Buffer.from(`\uFEFF${PLAIN}`, 'utf16le'))).toEqual(['1:1 encoding', '7:3 plaintext-secret'])
    expect(await rulesIn(Buffer.from(CONFIG_MAP, 'utf16le'))).toEqual(['1:1 encoding'])
    expect(await rulesIn(Buffer.from(`${PLAIN}# caf\xe9\n`, 'latin1'), ['--disable', 'plaintext-secret'])).toEqual([
      '1:1 encoding',
    ])
  })

  test('not: a UTF-8 mark, other UTF-16 files, binary files', async () => {
    expect(await rulesIn(`\uFEFF${sealedJson()}`)).toEqual([])
    expect(await rulesIn(Buffer.from('\uFEFFhello', 'utf16le'), [], 'a.txt')).toEqual([])
    const binary = Buffer.concat([Buffer.from([0x7f, 0, 0, 1]), Buffer.from(PLAIN)])
    expect(await rulesIn(binary, [], 'a.bin')).toEqual([])
  })
})
