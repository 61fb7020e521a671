import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  fromUtf8,
  keyRing,
  OpeningKey,
  Plaintext,
  parseCertificate,
  parseSealedSecret,
  type RenderTemplate,
  type SealedSecret,
  sealValue,
  UnsealError,
  unsealSecret,
  WaxsealError,
} from '../src/index.ts'
import { render } from '../src/template/index.ts'
import { readCertificate } from '../src/x509.ts'
import { pemTexts } from './helpers/vectors.ts'

const MARKER = 'hunter2-PLAINTEXT'
const pem = pemTexts()
const { sealingKey } = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate)
const ring = keyRing([await OpeningKey.import(pem['alpha.key'] ?? '')])

async function withTemplates(
  data: Readonly<Record<string, string | null>>,
  values: Readonly<Record<string, string>> = { password: MARKER },
  broken: Readonly<Record<string, string>> = {},
): Promise<SealedSecret> {
  const encryptedData: Record<string, string> = { ...broken }
  for (const [key, value] of Object.entries(values))
    encryptedData[key] = await sealValue(sealingKey, 'strict', 'b', 'a', Plaintext.text(value))
  return parseSealedSecret({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'a', namespace: 'b' },
    spec: { encryptedData, template: { data } },
  })
}

async function opened(sealed: SealedSecret, how: RenderTemplate = render): Promise<Record<string, string>> {
  const { data } = await unsealSecret(sealed, { ring, render: how })
  return Object.fromEntries([...data].map(([key, value]) => [key, fromUtf8(value.reveal())]))
}

async function failure(sealed: SealedSecret, how: RenderTemplate = render): Promise<UnsealError> {
  const error: unknown = await unsealSecret(sealed, { ring, render: how }).catch((reason: unknown) => reason)
  if (!(error instanceof UnsealError)) throw new Error('expected an UnsealError', { cause: error })
  return error
}

describe('what a template sees', () => {
  test('sealed values over texts that are not rendered', async () => {
    const sealed = await withTemplates({
      a: '{{ .b }}',
      b: '{{ .password }}',
      password: 'shadowed',
      c: '{{ .password }}',
    })
    expect(await opened(sealed)).toEqual({ a: '{{ .password }}', b: MARKER, c: MARKER, password: MARKER })
  })

  test('a key that is null is not in the Secret: its sealed value is seen, without one there is nothing', async () => {
    const sealed = await withTemplates({ password: null, other: null, v: '{{ .password }}|{{ .other }}|{{ len . }}' })
    expect(await opened(sealed)).toEqual({ v: `${MARKER}|<no value>|2` })
  })

  test('keys with meaning to JavaScript are keys like any other', async () => {
    const data = Object.fromEntries([
      ['__proto__', '{{ index . "constructor" }}'],
      ['v', '{{ index . "__proto__" }}'],
    ])
    const sealed = await withTemplates(data, { constructor: 'x' })
    const secret = await unsealSecret(sealed, { ring, render })
    expect([...secret.data.keys()].toSorted()).toEqual(['__proto__', 'constructor', 'v'])
    expect(secret.data.get('__proto__')?.equals(Plaintext.text('x'))).toBe(true)
    expect(secret.data.get('v')?.equals(Plaintext.text('{{ index . "constructor" }}'))).toBe(true)
  })

  test('there need be no sealed value', async () => {
    expect(await opened(await withTemplates({ v: '{{ 1 }}' }, {}))).toEqual({ v: '1' })
  })
})

describe('without a renderer', () => {
  test('a template is refused by key, before anything is opened', async () => {
    const sealed = await withTemplates({ gone: null, 'a.conf': '{{ .password }}' }, {}, { bad: '?' })
    await expect(unsealSecret(sealed, { ring })).rejects.toMatchObject({
      code: 'template-unsupported',
      message: 'spec.template.data.a.conf: nothing was given to render templates',
    })
  })

  test('null needs none', async () => {
    const { data } = await unsealSecret(await withTemplates({ password: null }), { ring })
    expect(data.size).toBe(0)
  })
})

describe('what fails', () => {
  test('is told together, values first, each template on its line', async () => {
    const data = { z: '{{ .a', a: '{{ fail .password }}', password: '{{ nothing }}', good: '{{ .password }}' }
    const error = await failure(await withTemplates(data))
    expect(error.message.split('\n')).toEqual([
      expect.stringMatching(/^template: a:1:3: executing "a" at <fail \.password>: error calling fail: .* \(a\)$/),
      'template: password:1: function "nothing" not defined (password)',
      'template: z:1: unclosed action (z)',
    ])
    expect([...error.failures.keys()]).toEqual(['a', 'password', 'z'])
    expect(error.code).toBe('bad-template')
  })

  test('beside a value that did not open, only what is no template at all', async () => {
    const data = { v: '{{ required "missing" .bad | fail }}', w: '{{ fail "x" }}', z: '{{ .a' }
    const error = await failure(await withTemplates(data, {}, { bad: '?' }))
    expect(error.message).toMatch(/^illegal base64 data at input byte 0 \(bad\)\ntemplate: v:1: .* not defined \(v\)\n/)
    expect([...error.failures.keys()]).toEqual(['bad', 'v', 'z'])
    expect(error.code).toBe('malformed')
  })

  test('holds nothing of the data, whatever the renderer says beside its message', async () => {
    const error = await failure(await withTemplates({ v: '{{ .password }}' }), (_name, _text, data) => {
      throw new WaxsealError('template-failed', 'template: v: no', {
        cause: data,
        hint: fromUtf8(data.password ?? new Uint8Array()),
      })
    })
    const seen = [
      inspect(error, { depth: 9 }),
      ...[...error.failures.values()].map((each) => inspect(each, { depth: 9 })),
    ]
    expect(seen.join()).toContain('template: v: no')
    expect(seen.join()).not.toContain(MARKER)
    expect(
      await failure(await withTemplates({ v: '{{ fail .password }}' })).then((each) => inspect(each)),
    ).not.toContain(MARKER)
  })

  test('an error that is not of the template ends the opening as it is', async () => {
    const broken = new Error('the thread is gone')
    const sealed = await withTemplates({ v: 'x' })
    await expect(unsealSecret(sealed, { ring, render: () => Promise.reject(broken) })).rejects.toBe(broken)
  })

  test('more than a Secret holds', async () => {
    const half = '{{ repeat 600000 "x" }}'
    expect(Object.keys(await opened(await withTemplates({ a: half })))).toEqual(['a', 'password'])
    const error = await failure(await withTemplates({ a: half, b: half, c: '{{ .a' }))
    expect(error.message).toBe('template: b: more than 1048576 bytes are rendered in all (b)')
  })

  test('often: the first twenty are told', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, '{{']))
    const error = await failure(await withTemplates(many))
    expect(error.failures.size).toBe(20)
  })
})
