/**
 * What every store must do, whatever is behind it. Runs unchanged on memory, on a directory and on a real API server;
 * knows the ports only.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Store, StoreError, type StoreHandlers } from '../../src/ports.ts'
import { keyOf, type ObjectRef, type SealedSecretEntry, type SealedSecretStatus } from '../../src/state.ts'
import { eventually } from '../helpers/eventually.ts'
import { base64, keyPem, sealedManifest } from '../helpers/material.ts'
import { storeScenarios } from './scenarios.ts'
import type { World } from './world.ts'

export function storeContract(name: string, open: () => Promise<World>): void {
  describe(`${name}: port`, () => {
    storePort(open)
  })
  describe(`${name}: reconciling`, () => {
    storeScenarios(open)
  })
}

interface Seen {
  readonly sealed: string[]
  readonly secrets: string[]
  keys: number
}

function watching(): { seen: Seen; handlers: StoreHandlers } {
  const seen: Seen = { sealed: [], secrets: [], keys: 0 }
  return {
    seen,
    handlers: {
      sealedSecretChanged: (key) => void seen.sealed.push(key),
      secretChanged: (key) => void seen.secrets.push(key),
      keysChanged: () => {
        seen.keys += 1
      },
    },
  }
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof StoreError ? error.code : String(error)),
  )

const condition = (message: string): SealedSecretStatus => ({
  conditions: [
    {
      type: 'Synced',
      status: 'False',
      message,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      lastUpdateTime: '2026-01-01T00:00:00Z',
    },
  ],
  observedGeneration: 1,
})

function storePort(open: () => Promise<World>): void {
  let world: World
  let store: Store
  let ref: ObjectRef
  let seen: Seen
  let stop: AbortController
  const secret = (value: string) => ({
    apiVersion: 'v1' as const,
    kind: 'Secret' as const,
    metadata: { ...ref, labels: { app: 'shop' }, annotations: { note: 'a' } },
    type: 'Opaque',
    data: { password: base64(value) },
  })
  const start = async (): Promise<void> => {
    const watch = watching()
    seen = watch.seen
    store = await world.openStore()
    await store.start(watch.handlers, stop.signal)
  }
  const entry = (): Promise<SealedSecretEntry> => eventually(() => store.sealedSecret(ref))

  beforeEach(async () => {
    world = await open()
    ref = { namespace: world.namespace, name: 'shop' }
    stop = new AbortController()
  })
  afterEach(async () => {
    stop.abort()
    await world.close()
  })

  test('shows what is there once started', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }, { labels: { app: 'shop' } }))
    await world.putSecret(secret('x'))
    await world.putKey('key-1', await keyPem('alpha'))
    await start()
    expect(store.synced).toBe(true)
    expect([...store.sealedSecretKeys()]).toContain(keyOf(ref))
    const found = await entry()
    expect(found.sealed?.metadata).toMatchObject({ ...ref, labels: { app: 'shop' } })
    expect(found).toMatchObject({ ...ref, invalid: undefined, deleting: false })
    expect(found.uid).not.toBe('')
    expect(store.secretMeta(ref)).toMatchObject({ ...ref, annotations: { note: 'a' }, ownerReferences: [] })
    expect(store.keySecrets().find((key) => key.name === 'key-1')).toMatchObject({
      state: 'active',
      ...(await keyPem('alpha')),
    })
    expect(seen.sealed).toContain(keyOf(ref))
    expect(seen.keys).toBeGreaterThan(0)
  })

  test('start rejects when it is aborted', async () => {
    store = await world.openStore()
    stop.abort()
    const started = store.start(watching().handlers, stop.signal).then(
      () => 'started',
      () => 'rejected',
    )
    expect(await started).toBe('rejected')
  })

  test('tells of SealedSecrets that come, change and go; the generation counts changes', async () => {
    await start()
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    const first = await entry()
    await world.putSealedSecret(await sealedManifest(ref, { password: 'b' }))
    const second = await eventually(() => {
      const now = store.sealedSecret(ref)
      return now !== undefined && now.version !== first.version ? now : undefined
    })
    expect(second.uid).toBe(first.uid)
    expect(second.generation).toBeGreaterThan(first.generation)
    const before = seen.sealed.length
    await world.removeSealedSecret(ref)
    await eventually(() => (store.sealedSecret(ref) === undefined ? true : undefined))
    await eventually(() => (seen.sealed.length > before ? true : undefined))
  })

  test('tells of Secrets that somebody changes or removes', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    await start()
    await store.createSecret(secret('x'))
    const first = await eventually(() => store.secretMeta(ref))
    await world.putSecret(secret('y'))
    await eventually(() => ((store.secretMeta(ref)?.version ?? first.version) !== first.version ? true : undefined))
    const before = seen.secrets.length
    await world.removeSecret(ref)
    await eventually(() => (store.secretMeta(ref) === undefined ? true : undefined))
    await eventually(() => (seen.secrets.length > before ? true : undefined))
    expect(seen.secrets).toContain(keyOf(ref))
  })

  test('creates, reads and replaces a Secret', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    await start()
    expect(await store.readSecret(ref)).toBeUndefined()
    const made = await store.createSecret(secret('x'))
    const stored = await store.readSecret(ref)
    expect(stored).toMatchObject(secret('x'))
    expect(stored?.metadata).toMatchObject({ uid: made.uid, resourceVersion: made.version })
    if (stored === undefined) throw new Error('not stored')
    const changed = await store.updateSecret({ ...stored, data: { token: base64('z') } })
    expect(changed.uid).toBe(made.uid)
    expect(changed.version).not.toBe(made.version)
    expect((await world.readSecret(ref))?.data).toEqual({ token: base64('z') })
    await eventually(() => (store.secretMeta(ref)?.version === changed.version ? true : undefined))
  })

  test('refuses to create over, to replace what changed, to replace what is gone', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    await start()
    await store.createSecret(secret('x'))
    expect(await codeOf(store.createSecret(secret('y')))).toBe('exists')
    const stored = await store.readSecret(ref)
    if (stored === undefined) throw new Error('not stored')
    await world.putSecret(secret('by somebody else'))
    expect(await codeOf(store.updateSecret({ ...stored, data: {} }))).toBe('conflict')
    expect((await world.readSecret(ref))?.data).toEqual({ password: base64('by somebody else') })
    await world.removeSecret(ref)
    expect(['not-found', 'conflict']).toContain(await codeOf(store.updateSecret({ ...stored, data: {} })))
    expect(await world.readSecret(ref)).toBeUndefined()
  })

  test('deletes a Secret, and only the one that is meant', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    await start()
    const made = await store.createSecret(secret('x'))
    expect(await codeOf(store.deleteSecret(ref, 'another-uid'))).toBe('conflict')
    expect((await world.readSecret(ref))?.data).toEqual({ password: base64('x') })
    await store.deleteSecret(ref, made.uid)
    expect(await world.readSecret(ref)).toBeUndefined()
    expect(await codeOf(store.deleteSecret(ref, made.uid))).toBe('not-found')
  })

  test('refuses to change the type of a Secret', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    await start()
    await store.createSecret(secret('x'))
    const stored = await store.readSecret(ref)
    if (stored === undefined) throw new Error('not stored')
    expect(await codeOf(store.updateSecret({ ...stored, type: 'example.com/other' }))).toBe('invalid')
  })

  test('stores a status, once a version, and does not announce it as a change', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    await start()
    const first = await entry()
    expect(await store.updateStatus(first, condition('one'))).toMatchObject(condition('one'))
    expect(await world.readStatus(ref)).toMatchObject(condition('one'))
    expect(await codeOf(store.updateStatus(first, condition('two')))).toBe('conflict')
    const second = await eventually(() => {
      const now = store.sealedSecret(ref)
      return now?.status?.conditions[0]?.message === 'one' ? now : undefined
    })
    expect(second.generation).toBe(first.generation)
    const before = seen.sealed.length
    await store.updateStatus(second, condition('three'))
    await eventually(() => (store.sealedSecret(ref)?.status?.conditions[0]?.message === 'three' ? true : undefined))
    expect(seen.sealed.length).toBe(before)
    await world.removeSealedSecret(ref)
    expect(await codeOf(store.updateStatus(await Promise.resolve(second), condition('four')))).not.toBe('done')
  })

  test('records events', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'a' }))
    await start()
    const { uid, version } = await entry()
    const regarding = { ...ref, uid, version }
    await store.recordEvent({ type: 'Warning', reason: 'ErrUnsealFailed', message: 'Failed to unseal: x', regarding })
    await store.recordEvent({ type: 'Normal', reason: 'Unsealed', message: 'fine', regarding })
    const events = await eventually(async () => {
      const all = await world.readEvents(ref)
      return all.length === 2 ? all : undefined
    })
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'Warning', reason: 'ErrUnsealFailed', message: 'Failed to unseal: x' }),
        expect.objectContaining({ type: 'Normal', reason: 'Unsealed', message: 'fine' }),
      ]),
    )
  })

  test('publishes the certificate, the next one in its place', async () => {
    await start()
    expect(await world.readCertificate()).toBeUndefined()
    for (const certificate of ['first\n', 'second\n', 'second\n']) {
      await store.publishCertificate(certificate)
      expect(await world.readCertificate()).toBe(certificate)
    }
  })

  test('makes a key Secret and announces keys that come, change and go', async () => {
    await start()
    const pem = await keyPem('alpha')
    const marks = { labels: { backup: 'yes' }, annotations: { 'waxseal.dev/last-backup': '2026-01-01T00:00:00Z' } }
    const made = await store.createKeySecret({ prefix: 'sealed-secrets-key', ...pem, ...marks })
    expect(made).toMatchObject({ state: 'active', ...pem })
    expect(made.name).toMatch(/^sealed-secrets-key[a-z0-9]+$/)
    const shown = await eventually(() => store.keySecrets().find((key) => key.name === made.name && key.lastBackup))
    expect(shown.lastBackup).toBe('2026-01-01T00:00:00Z')
    expect(seen.keys).toBeGreaterThan(0)
    await world.putKey(made.name, { ...pem, state: 'retired' })
    await eventually(() => {
      const now = store.keySecrets().find((key) => key.name === made.name)
      return now === undefined || now.state === 'retired' ? true : undefined
    })
    const before = seen.keys
    await world.putKey('key-broken', { privateKeyPem: 'not a key' })
    const broken = await eventually(() => store.keySecrets().find((key) => key.name === 'key-broken'))
    expect(broken).toMatchObject({ certificatePem: undefined, privateKeyPem: 'not a key' })
    await world.removeKey('key-broken')
    await eventually(() => (store.keySecrets().every((key) => key.name !== 'key-broken') ? true : undefined))
    expect(seen.keys).toBeGreaterThan(before)
  })
}
