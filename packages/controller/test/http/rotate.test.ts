import { decodeBase64, type KeyRing, label, parseSealedSecret } from '@waxseal/core'
import { describe, expect, test } from 'vitest'
import { sealedManifest } from '../helpers/material.ts'
import { endpoints, keysOf, ringOf } from './world.ts'

const REF = { namespace: 'team', name: 'shop' }
/** Bravo is the newest; everything below is sealed for alpha. */
const keys = await keysOf(['bravo', 'alpha'])
const newest = await ringOf('bravo')
const STRICT = label('strict', 'team', 'shop')

const open = async (ring: KeyRing, value: string | undefined, bound = STRICT): Promise<string> =>
  new TextDecoder().decode((await ring.open(decodeBase64(value ?? ''), bound)).plaintext.reveal())
const answered = async (response: Response) => parseSealedSecret(JSON.parse(await response.text()))

test('values come back sealed for the newest key, everything else as it was (regression 11)', async () => {
  const { post } = await endpoints(keys)
  const template = { type: 'x/y', metadata: { labels: { a: 'b' } }, data: { 'app.conf': 'p={{ .a }}' } }
  const sealed = await sealedManifest(REF, { a: 'one', b: 'two' }, { template, labels: { team: 'x' } })
  const response = await post('/v1/rotate', sealed)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
  const { spec, ...others } = await answered(response)
  expect(others).toEqual({ apiVersion: sealed.apiVersion, kind: sealed.kind, metadata: sealed.metadata })
  expect(spec.template).toEqual(template)
  expect([await open(newest, spec.encryptedData.a), await open(newest, spec.encryptedData.b)]).toEqual(['one', 'two'])
})

test('?only=outdated keeps what is sealed for the newest key already', async () => {
  const { post } = await endpoints(keys)
  const mixed = await sealedManifest(REF, { a: 'one' })
  const { b = '' } = (await sealedManifest(REF, { b: 'two' }, { key: 'bravo' })).spec.encryptedData
  const body = { ...mixed, spec: { encryptedData: { ...mixed.spec.encryptedData, b } } }
  const kept = (await answered(await post('/v1/rotate?only=outdated', body))).spec.encryptedData
  expect([await open(newest, kept.a), kept.b]).toEqual(['one', b])
  const all = (await answered(await post('/v1/rotate', body))).spec.encryptedData
  expect([await open(newest, all.b), all.b === b]).toEqual(['two', false])
})

describe('a wider scope in the template widens nothing (CVE-2026-22728, regression 1)', () => {
  test.each(['cluster-wide', 'namespace-wide'] as const)('%s', async (scope) => {
    const { post } = await endpoints(keys)
    const annotations = { [`sealedsecrets.bitnami.com/${scope}`]: 'true' }
    const sealed = await sealedManifest(REF, { a: 'one' }, { template: { metadata: { annotations } } })
    const { metadata, spec } = await answered(await post('/v1/rotate', sealed))
    expect(await open(newest, spec.encryptedData.a)).toBe('one')
    await expect(open(newest, spec.encryptedData.a, label(scope, 'team', 'shop'))).rejects.toThrow('no key')
    expect(metadata.annotations).toBeUndefined()
  })
})

describe('nothing depends on what was decrypted (regression 2)', () => {
  test('templates are neither rendered nor looked at', async () => {
    const { post } = await endpoints(keys)
    for (const text of ['{{ fail .a }}', '{{', '{{ .a | repeat 1000000 }}']) {
      const sealed = await sealedManifest(REF, { a: 'one' }, { template: { data: { x: text } } })
      const { spec } = await answered(await post('/v1/rotate', sealed))
      expect(spec.template.data).toEqual({ x: text })
    }
  })

  test('values of one length give answers of one size', async () => {
    const { post } = await endpoints(keys)
    const sizes = new Set<number>()
    for (const value of ['aaaa', '{{.}', '\u0000\u0001\u0002\u0003', '<>&"', '\n\n\n\n']) {
      const response = await post('/v1/rotate', await sealedManifest(REF, { a: value }))
      sizes.add((await response.arrayBuffer()).byteLength)
    }
    expect(sizes.size).toBe(1)
  })

  test('what cannot be opened is 409, whatever the reason, and tells nothing', async () => {
    const { post } = await endpoints(keys)
    const good = await sealedManifest(REF, { a: 'one' })
    const foreign = await sealedManifest(REF, { a: 'one' }, { key: 'charlie' })
    const flipped = Buffer.from(good.spec.encryptedData.a ?? '', 'base64')
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
    const bodies = [
      foreign,
      { ...good, spec: { encryptedData: { a: flipped.toString('base64') } } },
      { ...good, metadata: { ...good.metadata, namespace: 'other' } },
      { ...good, spec: { encryptedData: { a: 'AAAA' } } },
      { ...good, spec: { encryptedData: { a: '!' } } },
    ]
    for (const body of bodies) {
      const response = await post('/v1/rotate', body)
      expect([response.status, await response.text()]).toEqual([409, 'cannot be opened\n'])
    }
  })
})

test('the deprecated data is refused: it would not be re-encryption', async () => {
  const { post } = await endpoints(keys)
  const { a = '' } = (await sealedManifest(REF, { a: '{}' })).spec.encryptedData
  const response = await post('/v1/rotate', {
    ...(await sealedManifest(REF, {})),
    spec: { encryptedData: {}, data: a },
  })
  expect([response.status, await response.text()]).toEqual([
    400,
    "the deprecated field 'spec.data' cannot be sealed again\n",
  ])
})

test('rate, size and method are limited as those of /v1/verify (regression 3)', async () => {
  const { post, url } = await endpoints(keys, { rateLimit: { perSecond: 1, burst: 0 } })
  const sealed = await sealedManifest(REF, { a: 'one' })
  expect((await post('/v1/rotate', 'x'.repeat(1024 * 1024 + 1))).status).toBe(413)
  const second = await post('/v1/rotate', sealed, { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1'])
  expect((await fetch(`${url}/v1/rotate`)).status).toBe(405)
})

test('before there are keys: 503', async () => {
  const { post } = await endpoints(undefined)
  expect((await post('/v1/rotate', await sealedManifest(REF, { a: 'one' }))).status).toBe(503)
})
