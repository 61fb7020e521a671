/** The controller at work on a store: what a person who applies SealedSecrets sees. Part of the store contract. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Condition, ObjectRef, SecretObject } from '../../src/state.ts'
import { eventually } from '../helpers/eventually.ts'
import { base64, keyPem, sealedManifest } from '../helpers/material.ts'
import { type RunningController, runController } from '../helpers/run-controller.ts'
import type { World } from './world.ts'

const PATCH = { 'sealedsecrets.bitnami.com/patch': 'true' }

export function storeScenarios(open: () => Promise<World>): void {
  let world: World
  let ref: ObjectRef
  const running: RunningController[] = []

  const start = async (): Promise<RunningController> => {
    const controller = await runController(await world.openStore())
    running.push(controller)
    return controller
  }
  const synced = (expected: Condition['status'], message?: string): Promise<Condition> =>
    eventually(async () => {
      const found = (await world.readStatus(ref))?.conditions.find((condition) => condition.type === 'Synced')
      if (found?.status !== expected) return undefined
      return message === undefined || found.message?.includes(message) ? found : undefined
    })
  const data = (expected: Record<string, string>): Promise<SecretObject> =>
    eventually(async () => {
      const secret = await world.readSecret(ref)
      const wanted = Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, base64(value)]))
      expect(secret?.data).toEqual(wanted)
      return secret
    })
  const events = async (reason: string): Promise<number> =>
    (await world.readEvents(ref)).filter((event) => event.reason === reason).length
  /** The status also says which Secret it is about. */
  const settledStatus = (): Promise<unknown> => eventually(async () => (await world.readStatus(ref))?.secret)
  const foreign = (annotations: Record<string, string> = {}): SecretObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...ref, labels: { by: 'somebody' }, annotations },
    type: 'Opaque',
    data: { theirs: base64('kept') },
  })

  beforeEach(async () => {
    world = await open()
    ref = { namespace: world.namespace, name: 'shop' }
    await world.putKey('key-alpha', await keyPem('alpha'))
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((controller) => controller.stop()))
    await world.close()
  })

  test('opens a SealedSecret into a Secret that it controls', async () => {
    const template = {
      type: 'example.com/login',
      metadata: { labels: { app: 'shop' }, annotations: { note: 'from the template' } },
    }
    await world.putSealedSecret(await sealedManifest(ref, { user: 'me', password: 's3cr3t' }, { template }))
    await start()
    const secret = await data({ user: 'me', password: 's3cr3t' })
    expect(secret).toMatchObject({
      type: 'example.com/login',
      metadata: { ...ref, labels: { app: 'shop' }, annotations: { note: 'from the template' } },
    })
    expect(secret.metadata.ownerReferences).toEqual([
      expect.objectContaining({
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        name: 'shop',
        controller: true,
      }),
    ])
    await synced('True')
    await eventually(async () => ((await events('Unsealed')) === 1 ? true : undefined))
    expect((await world.readStatus(ref))?.observedGeneration).toBeGreaterThan(0)
  })

  test('follows changed, renamed and removed items', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { a: '1', b: '2', c: '3' }))
    await start()
    await data({ a: '1', b: '2', c: '3' })
    await world.putSealedSecret(await sealedManifest(ref, { a: 'changed', renamed: '2' }))
    const secret = await data({ a: 'changed', renamed: '2' })
    expect(Object.keys(secret.data)).toHaveLength(2)
    await synced('True')
  })

  test('makes a deleted Secret again and heals a changed one', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    await start()
    const secret = await data({ a: '1' })
    await world.removeSecret(ref)
    await data({ a: '1' })
    const owned = await eventually(() => world.readSecret(ref))
    const { uid: _uid, resourceVersion: _version, ...metadata } = owned.metadata
    await world.putSecret({ ...secret, metadata: { ...metadata, ...ref }, data: { a: base64('drift') } })
    expect((await data({ a: '1' })).metadata.name).toBe('shop')
  })

  test('leaves a Secret of somebody else alone, says so, and takes it over once it is annotated', async () => {
    await world.putSecret(foreign())
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    await start()
    await synced('False', 'Resource "shop" already exists and is not managed by SealedSecret')
    expect((await world.readSecret(ref))?.data).toEqual({ theirs: base64('kept') })
    await eventually(async () => ((await events('ErrUpdateFailed')) > 0 ? true : undefined))
    await world.putSecret(foreign({ 'sealedsecrets.bitnami.com/managed': 'true' }))
    const taken = await data({ a: '1' })
    expect(taken.metadata.labels ?? {}).toEqual({})
    expect(taken.metadata.annotations ?? {}).toEqual({})
    expect(taken.metadata.ownerReferences).toHaveLength(1)
    await synced('True')
  })

  test('merges into a Secret that asks to be patched, heals what is its own there and leaves the rest alone', async () => {
    await world.putSecret(foreign(PATCH))
    await world.putSealedSecret(await sealedManifest(ref, { a: '1', b: '2' }))
    const controller = await start()
    const patched = await data({ theirs: 'kept', a: '1', b: '2' })
    expect(patched.metadata.ownerReferences ?? []).toEqual([])
    expect(patched.metadata).toMatchObject({ labels: { by: 'somebody' }, annotations: PATCH })
    await synced('True')
    // Of two changes to the Secret only the one to our part costs anything.
    await settledStatus()
    const before = controller.rsaOperations()
    const status = await world.readStatus(ref)
    const { uid: _uid, resourceVersion: _version, ...metadata } = patched.metadata
    const changed = { ...patched, metadata: { ...metadata, ...ref } }
    await world.putSecret({ ...changed, data: { ...patched.data, theirs: base64('changed') } })
    await controller.settled()
    expect(await world.readStatus(ref)).toEqual(status)
    expect(controller.rsaOperations()).toBe(before)
    await world.putSecret({ ...changed, data: { theirs: base64('changed'), a: base64('drift') } })
    await data({ theirs: 'changed', a: '1', b: '2' })
    // Whose an item is that was merged once, nobody can tell any more.
    await world.putSealedSecret(await sealedManifest(ref, { a: '3' }))
    await data({ theirs: 'changed', a: '3', b: '2' })
  })

  test('does not make a Secret again that it only patched; one that comes back is patched', async () => {
    await world.putSecret(foreign(PATCH))
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    const first = await start()
    await data({ theirs: 'kept', a: '1' })
    await synced('True')
    await settledStatus()
    await world.removeSecret(ref)
    await synced('False', 'was only patched, is gone')
    await first.stop()
    const second = await start()
    await second.settled()
    expect(await world.readSecret(ref)).toBeUndefined()
    await world.putSecret(foreign(PATCH))
    await data({ theirs: 'kept', a: '1' })
    await synced('True')
    await world.removeSecret(ref)
    await synced('False', 'was only patched, is gone')
    await world.putSealedSecret(await sealedManifest(ref, { a: '2' }))
    await data({ a: '2' })
    await synced('True')
  })

  test('patches and owns a Secret that is annotated with both, and makes it again', async () => {
    await world.putSecret(foreign({ ...PATCH, 'sealedsecrets.bitnami.com/managed': 'true' }))
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    await start()
    const secret = await data({ theirs: 'kept', a: '1' })
    expect(secret.metadata.ownerReferences).toEqual([expect.objectContaining({ kind: 'SealedSecret', name: 'shop' })])
    await synced('True')
    await world.removeSecret(ref)
    await data({ a: '1' })
  })

  test('makes the Secret where one of somebody else was in the way', async () => {
    await world.putSecret(foreign())
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    await start()
    await synced('False', 'is not managed by SealedSecret')
    await world.removeSecret(ref)
    expect((await data({ a: '1' })).metadata.ownerReferences).toHaveLength(1)
    await synced('True')
  })

  test('does not own a Secret whose template says so', async () => {
    const annotations = { 'sealedsecrets.bitnami.com/skip-set-owner-references': 'true' }
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }, { template: { metadata: { annotations } } }))
    await start()
    const secret = await data({ a: '1' })
    expect(secret.metadata.ownerReferences ?? []).toEqual([])
    await synced('True')
  })

  test('says which item cannot be opened, and opens it when the key comes', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { password: 'x' }, { key: 'bravo' }))
    await start()
    await synced('False', 'no key could decrypt secret (password)')
    expect(await world.readSecret(ref)).toBeUndefined()
    const said = await eventually(async () => {
      const all = await world.readEvents(ref)
      return all.find((event) => event.reason === 'ErrUnsealFailed')
    })
    expect(said).toMatchObject({ type: 'Warning', message: 'Failed to unseal: no key could decrypt secret (password)' })
    await world.putKey('key-bravo', await keyPem('bravo'))
    await data({ password: 'x' })
    await synced('True')
  })

  test('opens only under the name and namespace it was sealed for', async () => {
    const elsewhere = await sealedManifest({ namespace: 'elsewhere', name: 'other' }, { a: '1' })
    await world.putSealedSecret({ ...elsewhere, metadata: { ...ref } })
    await start()
    await synced('False', 'no key could decrypt secret (a)')
    expect(await world.readSecret(ref)).toBeUndefined()
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }, { scope: 'cluster-wide' }))
    await data({ a: '1' })
  })

  test('names the item whose base64 is broken, and goes on with the others', async () => {
    const good = { namespace: ref.namespace, name: 'good' }
    const broken = await sealedManifest(ref, { a: '1' })
    await world.putSealedSecret({ ...broken, spec: { encryptedData: { ...broken.spec.encryptedData, bad: '%%%' } } })
    await world.putSealedSecret(await sealedManifest(good, { a: '1' }))
    await start()
    const condition = await synced('False')
    expect(condition.message).toMatch(/illegal base64 data .*bad/)
    await eventually(() => world.readSecret(good))
  })

  test('a broken key Secret does not stop the good ones', async () => {
    await world.putKey('key-broken', { certificatePem: 'no certificate', privateKeyPem: 'no key' })
    await world.putKey('key-half', { privateKeyPem: (await keyPem('bravo')).privateKeyPem })
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    const controller = await start()
    await data({ a: '1' })
    expect(controller.log.lines.filter((line) => line.message === 'key Secret skipped')).toHaveLength(2)
  })

  test('makes the first key where there is none', async () => {
    await world.removeKey('key-alpha')
    const controller = await start()
    const certificate = await eventually(() => controller.controller.certificatePem)
    expect(certificate).toContain('BEGIN CERTIFICATE')
  })

  test('a removed SealedSecret takes the Secret it controls along', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    await start()
    await data({ a: '1' })
    await world.removeSealedSecret(ref)
    if (!world.collectsGarbage) return
    await eventually(async () => ((await world.readSecret(ref)) === undefined ? true : undefined), 60_000)
    expect(await world.readSecret(ref)).toBeUndefined()
  })

  test('a restart with everything in sync opens nothing and writes nothing', async () => {
    await world.putSealedSecret(await sealedManifest(ref, { a: '1', b: '2' }))
    const first = await start()
    await data({ a: '1', b: '2' })
    await synced('True')
    await first.stop()
    const [secret, status, said] = await Promise.all([
      world.readSecret(ref),
      world.readStatus(ref),
      world.readEvents(ref),
    ])
    const second = await start()
    await second.settled()
    expect(second.rsaOperations()).toBe(0)
    expect(await world.readSecret(ref)).toEqual(secret)
    expect(await world.readStatus(ref)).toEqual(status)
    expect(await world.readEvents(ref)).toEqual(said)
  })
}
