import { assert, asyncProperty, constantFrom, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ANNOTATION,
  decodeBase64,
  type KeyRing,
  keyRing,
  label,
  OpeningKey,
  Plaintext,
  parseCertificate,
  parseSealedSecret,
  type ResealOptions,
  resealItems,
  resealSecret,
  type Scope,
  type SealedSecret,
  sealValue,
  UnsealError,
} from '../src/index.ts'
import { readCertificate } from '../src/x509.ts'
import { vectorText } from './helpers/vectors.ts'
import { codeOf } from './scenarios/expect.ts'

const pem = (file: string): string => vectorText(`keys/${file}`)
const read = (name: string) => parseCertificate(pem(`${name}.crt`), readCertificate)
const [old, newest] = await Promise.all([read('bravo'), read('alpha')])
const [oldKey, newestKey] = await Promise.all(['bravo', 'alpha'].map((name) => OpeningKey.import(pem(`${name}.key`))))
if (oldKey === undefined || newestKey === undefined) throw new Error('no keys')
const ring = keyRing([newestKey, oldKey])
const onlyNewest = keyRing([newestKey])
const options: ResealOptions = { ring, certificate: newest }

async function sealed(values: Readonly<Record<string, string>>, scope: Scope = 'strict', fields: object = {}) {
  const encryptedData: Record<string, string> = {}
  for (const [key, value] of Object.entries(values))
    encryptedData[key] = await sealValue(old.sealingKey, scope, 'shop', 'db', Plaintext.text(value))
  const annotations = scope === 'strict' ? {} : { [`sealedsecrets.bitnami.com/${scope}`]: 'true' }
  const metadata = { name: 'db', namespace: 'shop', annotations }
  const head = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' }
  return parseSealedSecret({ ...head, metadata, spec: { encryptedData }, ...fields })
}

const text = async (envelope: string | undefined, bound: Uint8Array, keys: KeyRing = onlyNewest): Promise<string> =>
  new TextDecoder().decode((await keys.open(decodeBase64(envelope ?? ''), bound)).plaintext.reveal())

describe.each(['strict', 'namespace-wide', 'cluster-wide'] as const)('%s', (scope) => {
  test('values open with the newest key alone, under the same label', async () => {
    const before = await sealed({ b: 'two', a: 'one' }, scope)
    const { spec } = await resealSecret(before, options)
    expect(Object.keys(spec.encryptedData)).toEqual(['b', 'a'])
    expect(await text(spec.encryptedData.a, label(scope, 'shop', 'db'))).toBe('one')
    expect(await text(spec.encryptedData.b, label(scope, 'shop', 'db'))).toBe('two')
  })
})

test('any bytes under any data key survive', async () => {
  const bytes = uint8Array({ maxLength: 300 })
  const bound = label('strict', 'shop', 'db')
  await assert(
    asyncProperty(bytes, constantFrom('a', '__proto__', 'constructor', '.dot'), async (value, key) => {
      const envelope = await sealValue(old.sealingKey, 'strict', 'shop', 'db', Plaintext.of(value))
      const before = {
        ...(await sealed({})),
        spec: { template: {}, encryptedData: Object.fromEntries([[key, envelope]]) },
      }
      const after = await resealItems(before, options)
      expect(Object.keys(after)).toEqual([key])
      const { plaintext } = await onlyNewest.open(decodeBase64(after[key] ?? ''), bound)
      expect(plaintext.reveal()).toEqual(new Uint8Array(value))
    }),
    { numRuns: 40 },
  )
})

describe('nothing but encryptedData changes', () => {
  const template = {
    metadata: { name: 'db', labels: { app: 'x' }, annotations: { note: '{{ .a }}' } },
    type: 'custom/type',
    immutable: true,
    data: { 'config.yaml': 'password: {{ .a | fail }}', gone: null },
  }
  const metadata = {
    name: 'db',
    namespace: 'shop',
    labels: { team: 'x' },
    annotations: { [ANNOTATION.sealedWith]: old.fingerprint, other: 'kept' },
    finalizers: ['a/b'],
  }
  const without = (sealed: SealedSecret) => ({ ...sealed, spec: { ...sealed.spec, encryptedData: {} } })

  test('template with its data, labels, annotations, status, unknown fields (regression 11)', async () => {
    const fields = {
      metadata: { ...metadata, annotations: { other: 'kept' } },
      status: { observedGeneration: 3 },
      extra: 1,
    }
    const { spec } = await sealed({ a: 'one' })
    const before = parseSealedSecret({ ...(await sealed({})), ...fields, spec: { ...spec, template, unknown: [1] } })
    const after = await resealSecret(before, options)
    expect(JSON.stringify(without(after))).toBe(JSON.stringify(without(before)))
    expect(after.spec.encryptedData.a).not.toBe(before.spec.encryptedData.a)
  })

  test('the note of the key follows where there was one', async () => {
    const { spec } = await sealed({ a: 'one' })
    const before = parseSealedSecret({ ...(await sealed({})), metadata, spec: { ...spec, template } })
    const after = await resealSecret(before, options)
    expect(after.metadata.annotations).toEqual({ [ANNOTATION.sealedWith]: newest.fingerprint, other: 'kept' })
    expect(JSON.stringify(after.spec.template)).toBe(JSON.stringify(before.spec.template))
  })
})

test('a wider scope in the template alone widens nothing (CVE-2026-22728)', async () => {
  const { spec } = await sealed({ a: 'one' })
  const template = { metadata: { annotations: { [ANNOTATION.clusterWide]: 'true' } } }
  const before = parseSealedSecret({ ...(await sealed({})), spec: { ...spec, template } })
  const after = await resealSecret(before, options)
  expect(await text(after.spec.encryptedData.a, label('strict', 'shop', 'db'))).toBe('one')
  expect(await codeOf(() => text(after.spec.encryptedData.a, label('cluster-wide', '', '')))).toBe('no-key')
  expect(after.metadata.annotations).toEqual({})
})

test('a value moved to another name, namespace or scope does not open', async () => {
  const before = await sealed({ a: 'one' })
  for (const metadata of [
    { name: 'other', namespace: 'shop' },
    { name: 'db', namespace: 'other' },
    { name: 'db', namespace: 'shop', annotations: { [ANNOTATION.clusterWide]: 'true' } },
  ])
    expect(await codeOf(() => resealSecret({ ...before, metadata }, options))).toBe('no-key')
})

describe('onlyOutdated', () => {
  test('keeps values of the newest key byte for byte', async () => {
    const current = await resealItems(await sealed({ a: 'one' }), options)
    const mixed = await sealed({ b: 'two' })
    const before = { ...mixed, spec: { ...mixed.spec, encryptedData: { ...current, ...mixed.spec.encryptedData } } }
    const after = await resealItems(before, { ...options, onlyOutdated: true })
    expect(after.a).toBe(current.a)
    expect(await text(after.b, label('strict', 'shop', 'db'))).toBe('two')
    expect((await resealItems(before, options)).a).not.toBe(current.a)
  })

  test('does not believe the note of the key', async () => {
    const before = await sealed({ a: 'one' })
    const noted = {
      ...before,
      metadata: { ...before.metadata, annotations: { [ANNOTATION.sealedWith]: newest.fingerprint } },
    }
    const after = await resealItems(noted, { ...options, onlyOutdated: true })
    expect(await text(after.a, label('strict', 'shop', 'db'))).toBe('one')
  })
})

describe('refused', () => {
  test('one value that does not open fails all, by name', async () => {
    const before = await sealed({ a: 'one', b: 'two' })
    const encryptedData = { ...before.spec.encryptedData, b: '!', c: 'AAAA' }
    const failed: unknown = await resealSecret({ ...before, spec: { ...before.spec, encryptedData } }, options).catch(
      (error: unknown) => error,
    )
    expect(failed).toBeInstanceOf(UnsealError)
    expect(failed instanceof UnsealError && [...failed.failures.keys()]).toEqual(['b', 'c'])
  })

  test('the deprecated spec.data, also beside encryptedData', async () => {
    const before = await sealed({ a: 'one' })
    for (const encryptedData of [{}, before.spec.encryptedData])
      expect(
        await codeOf(() => resealSecret({ ...before, spec: { ...before.spec, encryptedData, data: 'AAAA' } }, options)),
      ).toBe('deprecated-data')
  })
})
