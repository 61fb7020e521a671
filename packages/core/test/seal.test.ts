import { describe, expect, test } from 'vitest'
import {
  ANNOTATION,
  keyRing,
  type OpenedSecret,
  OpeningKey,
  parseCertificate,
  parseSecret,
  type SealOptions,
  sealSecret,
  UnsealError,
  unsealSecret,
} from '../src/index.ts'
import { readCertificate } from '../src/x509.ts'
import { pemTexts } from './helpers/vectors.ts'
import { codeOf } from './scenarios/expect.ts'

const pem = pemTexts()
const certificate = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate)
const keys = await Promise.all(['bravo.key', 'alpha.key'].map((name) => OpeningKey.import(pem[name] ?? '')))
const ring = keyRing(keys)

const seal = (
  metadata: object,
  options: Omit<SealOptions, 'certificate'> = {},
  stringData: object = { password: 's3cr3t' },
) => sealSecret(parseSecret({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }), { certificate, ...options })
const mine = { name: 'a', namespace: 'b' }

describe('namespace', () => {
  test("the Secret's own, else the one asked for, else the default", async () => {
    expect((await seal(mine, { defaultNamespace: 'd' })).metadata.namespace).toBe('b')
    expect((await seal({ name: 'a' }, { namespace: 'n', defaultNamespace: 'd' })).metadata.namespace).toBe('n')
    expect((await seal({ name: 'a' }, { defaultNamespace: 'd' })).metadata.namespace).toBe('d')
  })

  test('none, or two that differ, are errors', async () => {
    expect(await codeOf(() => seal({ name: 'a' }))).toBe('missing-namespace')
    expect(await codeOf(() => seal(mine, { namespace: 'n' }))).toBe('namespace-mismatch')
    expect(await codeOf(() => seal(mine, { namespace: 'b' }))).toBeUndefined()
  })

  test('cluster-wide needs none and ignores the one asked for', async () => {
    const scope = 'cluster-wide'
    expect((await seal({ name: 'a' }, { scope, namespace: 'n', defaultNamespace: 'd' })).metadata).not.toHaveProperty(
      'namespace',
    )
    expect((await seal(mine, { scope, namespace: 'n' })).metadata.namespace).toBe('b')
  })
})

test.each([
  [{ name: 'UPPER', namespace: 'b' }],
  [{ name: 'a_b', namespace: 'b' }],
  [{ name: 'x'.repeat(254), namespace: 'b' }],
  [{ name: 'a', namespace: 'b.c' }],
  [{ name: 'a', namespace: 'b'.repeat(64) }],
  [{ name: 'a/b', namespace: 'b' }],
])('no cluster has an object %j', async (metadata) => {
  expect(await codeOf(() => seal(metadata))).toBe('bad-manifest')
})

test.each(['', 'a b', 'ä', 'a/b', '.', '..', 'x'.repeat(254)])('no Secret has a key %j', async (key) => {
  expect(await codeOf(() => seal(mine, {}, { [key]: 'x' }))).toBe('bad-manifest')
})

test('names and data must be there', async () => {
  expect(await codeOf(() => seal({ namespace: 'b' }))).toBe('missing-name')
  expect(await codeOf(() => seal(mine, {}, {}))).toBe('empty-secret')
  expect((await seal(mine, { allowEmpty: true }, {})).spec.encryptedData).toEqual({})
})

test('last-applied annotations, owners and server fields never reach the output', async () => {
  const sealed = await seal({
    ...mine,
    uid: 'u',
    ownerReferences: [{ name: 'o' }],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': 'hunter2',
      'kubecfg.ksonnet.io/last-applied-configuration': 'hunter2',
    },
  })
  expect(JSON.stringify(sealed)).not.toMatch(/hunter2|ownerReferences|uid|annotations/)
})

test('the key is noted only when asked for', async () => {
  const noted = await seal(mine, { noteSealedWith: true })
  expect(noted.metadata.annotations).toEqual({ [ANNOTATION.sealedWith]: certificate.fingerprint })
  expect(noted.spec.template.metadata).not.toHaveProperty('annotations')
  expect((await seal(mine)).metadata).not.toHaveProperty('annotations')
})

test('inherited names are data keys like any other', async () => {
  const data = Object.fromEntries([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
  const sealed = await seal(mine, {}, data)
  expect(Object.keys(sealed.spec.encryptedData)).toEqual(['__proto__', 'constructor'])
  const opened: OpenedSecret = await unsealSecret(sealed, { ring })
  expect([...opened.data.keys()]).toEqual(['__proto__', 'constructor'])
})

describe('opening', () => {
  test('every item that fails is named, in one error', async () => {
    const sealed = await seal(mine, {}, { a: '1', b: '2', c: '3' })
    const { a = '', b = '' } = sealed.spec.encryptedData
    const spec = {
      ...sealed.spec,
      encryptedData: { ...sealed.spec.encryptedData, a: `${a.slice(0, -8)}AAAAAA==`, b: `${b.slice(0, 40)} ` },
    }
    const error: unknown = await unsealSecret({ ...sealed, spec }, { ring }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsealError)
    expect(error).toMatchObject({
      code: 'no-key',
      message: 'no key could decrypt secret (a)\nillegal base64 data at input byte 40 (b)',
    })
  })

  test('a wrong key costs one RSA operation for a whole Secret, none with a hint', async () => {
    let operations = 0
    const counted = keyRing(keys, { rsaOperation: () => (operations += 1) })
    const data = { a: '1', b: '2', c: '3', d: '4' }
    await unsealSecret(await seal(mine, {}, data), { ring: counted })
    expect(operations).toBe(5)
    operations = 0
    const opened = await unsealSecret(await seal(mine, { noteSealedWith: true }, data), { ring: counted })
    expect(operations).toBe(4)
    expect(opened.sealedWith).toEqual([certificate.fingerprint])
  })

  test('the owner is named unless the caller or the template says no', async () => {
    const owners = async (metadata: object, ownerReference?: boolean): Promise<unknown> => {
      const options = ownerReference === undefined ? { ring } : { ring, ownerReference }
      return (await unsealSecret(await seal(metadata), options)).metadata.ownerReferences
    }
    expect(await owners(mine)).toMatchObject([{ kind: 'SealedSecret', name: 'a', controller: true }])
    expect(await owners(mine, false)).toBeUndefined()
    expect(await owners({ ...mine, annotations: { [ANNOTATION.skipOwner]: 'true' } })).toBeUndefined()
  })

  test('a scope annotation only in the template widens nothing', async () => {
    const sealed = await seal(mine)
    const template = { metadata: { annotations: { [ANNOTATION.clusterWide]: 'true' } } }
    const moved = {
      ...sealed,
      metadata: { ...sealed.metadata, namespace: 'other' },
      spec: { ...sealed.spec, template },
    }
    expect(await codeOf(() => unsealSecret(moved, { ring }))).toBe('no-key')
  })
})
