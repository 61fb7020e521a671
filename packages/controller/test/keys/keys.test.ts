import { Registry } from '@prometheus-io/client'
import { expect, test } from 'vitest'
import { KeyMetrics } from '../../src/keys/key-metrics.ts'
import { Keys, type KeysOptions } from '../../src/keys/keys.ts'
import { StoreError } from '../../src/ports.ts'
import { MemoryStore, type MemoryStoreOptions } from '../../src/stores/memory/index.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { keyOfTheFuture, keyPem } from '../helpers/material.ts'
import { Recorder } from '../helpers/recorder.ts'

const LABELLED: KeysOptions['settings'] = {
  ...{ prefix: 'sealed-secrets-key', validityMs: 1000 },
  order: 'CertNotBefore',
  ...{ labels: { backup: 'yes' }, annotations: { by: 'me' } },
}
const ALPHA = await keyPem('alpha')
const signal = new AbortController().signal

function keys(overrides: Partial<KeysOptions> = {}) {
  const log = new Recorder()
  const clock = new FakeClock()
  const options: KeysOptions = {
    clock,
    random: () => 0,
    log,
    leads: () => true,
    rsaOperation: () => {},
    keyGuess: () => {},
    generate: async () => ALPHA,
    settings: { prefix: 'sealed-secrets-key', validityMs: 1000, order: 'CertNotBefore', labels: {}, annotations: {} },
    metrics: new KeyMetrics(new Registry()),
    ...overrides,
  }
  return { keys: new Keys(options), log, clock }
}

const skipped = (log: Recorder) =>
  log.lines
    .filter(({ message }) => message === 'key Secret skipped')
    .map(({ object, detail }) => `${object}: ${detail}`)

test('takes active keys only; the newest certificate seals, all open', async () => {
  const store = new MemoryStore()
  store.putKey('a', await keyPem('alpha'))
  store.putKey('b', await keyPem('delta'))
  store.putKey('c', { ...(await keyPem('bravo')), state: 'compromised' })
  const { keys: ring } = keys()
  expect(await ring.refresh(store, signal)).toBe(true)
  expect(ring.current?.ring.keys).toHaveLength(2)
  expect(ring.current?.version).toBe(1)
})

test('skips what is no key pair, naming the Secret and the reason, never the content', async () => {
  const [alpha, bravo, ecdsa] = await Promise.all([keyPem('alpha'), keyPem('bravo'), keyPem('ecdsa')])
  const store = new MemoryStore()
  store.putKey('good', alpha)
  store.putKey('no-crt', { privateKeyPem: bravo.privateKeyPem })
  store.putKey('no-key', { certificatePem: bravo.certificatePem })
  store.putKey('garbage', { certificatePem: 'garbage', privateKeyPem: 'garbage' })
  store.putKey('mixed', { certificatePem: alpha.certificatePem, privateKeyPem: bravo.privateKeyPem })
  store.putKey('ecdsa', ecdsa)
  const { keys: ring, log } = keys()
  await ring.refresh(store, signal)
  expect(ring.current?.ring.keys).toHaveLength(1)
  expect(skipped(log)).toEqual([
    'kube-system/no-crt: tls.crt is missing',
    'kube-system/no-key: tls.key is missing',
    expect.stringContaining('kube-system/garbage: no certificate found'),
    'kube-system/mixed: tls.key does not belong to tls.crt',
    expect.stringContaining('kube-system/ecdsa: '),
  ])
  await ring.refresh(store, signal)
  expect(skipped(log)).toHaveLength(5)
})

test('makes the first key, with the prefix and the validity, once', async () => {
  const store = new MemoryStore()
  const asked: number[] = []
  const { keys: ring, clock } = keys({
    generate: ({ notBefore, notAfter }) => {
      asked.push(notAfter.getTime() - notBefore.getTime())
      return Promise.resolve(ALPHA)
    },
  })
  await Promise.all([ring.refresh(store, signal), ring.refresh(store, signal)])
  expect(asked).toEqual([1000])
  expect(store.keySecrets().map(({ name }) => name)).toEqual([expect.stringMatching(/^sealed-secrets-key/)])
  expect(ring.current?.certificatePem).toContain('BEGIN CERTIFICATE')
  expect(clock.pending).toBe(0)
})

test('uses the key it made before the cache shows it', async () => {
  class Lagging extends MemoryStore {
    override keySecrets(): [] {
      return []
    }
  }
  const store = new Lagging()
  const { keys: ring } = keys()
  expect(await ring.refresh(store, signal)).toBe(true)
  expect(ring.current?.ring.keys).toHaveLength(1)
  expect(store.writes.filter(({ operation }) => operation === 'createKeySecret')).toHaveLength(1)
})

test('a key that cannot be stored is tried again later', async () => {
  let calls = 0
  const fault: MemoryStoreOptions['fault'] = (operation) => {
    if (operation !== 'createKeySecret') return undefined
    calls += 1
    return calls < 3 ? new StoreError('denied', 'secrets is forbidden: create') : undefined
  }
  const store = new MemoryStore({ fault })
  const { keys: ring, clock, log } = keys()
  const refreshed = ring.refresh(store, signal)
  await clock.advance(1000)
  await clock.advance(2000)
  expect(await refreshed).toBe(true)
  expect(calls).toBe(3)
  expect(log.lines.filter(({ message }) => message === 'cannot make a key').map(({ error }) => error)).toEqual([
    'secrets is forbidden: create',
    'secrets is forbidden: create',
  ])
})

test('unusable keys of its own making do not lead to one key after the other', async () => {
  const store = new MemoryStore()
  const stop = new AbortController()
  const { keys: ring, clock } = keys({ generate: async () => ({ certificatePem: 'x', privateKeyPem: 'x' }) })
  const refreshed = ring.refresh(store, stop.signal)
  await clock.advance(10_000)
  expect(store.keySecrets().length).toBeLessThan(5)
  stop.abort()
  expect(await refreshed).toBe(false)
})

test('adding counts as news, relabelling does not; the version grows with every change', async () => {
  const store = new MemoryStore()
  store.putKey('a', await keyPem('alpha'))
  const { keys: ring } = keys()
  await ring.refresh(store, signal)
  store.putKey('b', await keyPem('bravo'))
  expect(await ring.refresh(store, signal)).toBe(true)
  expect(ring.current?.version).toBe(2)
  store.putKey('b', { ...(await keyPem('bravo')), state: 'retired' })
  expect(await ring.refresh(store, signal)).toBe(false)
  expect(ring.current?.ring.keys).toHaveLength(1)
  expect(ring.current?.version).toBe(3)
  await ring.refresh(store, signal)
  expect(ring.current?.version).toBe(3)
})

test('another key is made on top; it seals, the old ones open', async () => {
  const store = new MemoryStore()
  store.putKey('a', await keyPem('alpha'))
  const made = await keyPem('delta')
  const { keys: ring } = keys({ generate: () => Promise.resolve(made), settings: LABELLED })
  await ring.refresh(store, signal)
  const before = ring.current?.certificatePem
  expect(await ring.renew(store, signal, { why: 'test', requested: false })).toBe(true)
  expect(ring.current?.ring.keys).toHaveLength(2)
  expect([before, made.certificatePem]).toContain(ring.current?.certificatePem)
  expect(store.newKeys).toEqual([
    { prefix: 'sealed-secrets-key', labels: { backup: 'yes' }, annotations: { by: 'me' }, ...made, requested: false },
  ])
})

test('whoever does not lead makes no key, unless a person asks for it; nor one who stopped leading meanwhile', async () => {
  const store = new MemoryStore()
  store.putKey('a', await keyPem('alpha'))
  let leading = false
  const { keys: ring } = keys({
    leads: () => leading,
    generate: () => {
      leading = false
      return Promise.resolve(ALPHA)
    },
  })
  await ring.refresh(store, signal)
  leading = true
  expect(await ring.renew(store, signal, { why: 'test', requested: false })).toBe(false)
  expect(store.newKeys).toEqual([])
  expect(await ring.renew(store, signal, { why: 'test', requested: true })).toBe(true)
  expect(store.newKeys).toHaveLength(1)
})

test('the newest key is that of the newest certificate, or of the newest Secret', async () => {
  const [recent, future] = [await keyPem('bravo'), await keyOfTheFuture()]
  for (const [order, newest] of [
    ['CertNotBefore', future],
    ['SecretCreationTimestamp', recent],
  ] as const) {
    const store = new MemoryStore()
    store.putKey('a', { ...recent, creationTimestamp: '2026-03-01T00:00:00Z' })
    store.putKey('b', { ...future, creationTimestamp: '2026-02-01T00:00:00Z' })
    const { keys: ring } = keys({ settings: { ...LABELLED, order } })
    await ring.refresh(store, signal)
    expect(ring.current?.certificatePem).toBe(newest.certificatePem)
    const now = Date.parse('2026-06-01T00:00:00Z')
    expect(ring.newest(now)).toBe(order === 'CertNotBefore' ? Date.UTC(2020, 0) : Date.UTC(2026, 2))
  }
})
