/** The flags that change how the controller treats Secrets, on a store in memory. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreError } from '../src/ports.ts'
import type { SecretObject } from '../src/state.ts'
import { MemoryStore, type MemoryStoreOptions } from '../src/stores/memory/index.ts'
import { eventually } from './helpers/eventually.ts'
import { FakeClock, settle } from './helpers/fake-clock.ts'
import { base64, keyPem, sealedManifest } from './helpers/material.ts'
import { type RunningController, runController } from './helpers/run-controller.ts'

const REF = { namespace: 'team', name: 'shop' }

let clock: FakeClock
const running: RunningController[] = []
beforeEach(() => {
  clock = new FakeClock()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
})

async function storeWith(options: MemoryStoreOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore(options)
  store.putKey('key-alpha', await keyPem('alpha'))
  store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
  return store
}

async function start(
  store: MemoryStore,
  overrides: Parameters<typeof runController>[1] = {},
): Promise<RunningController> {
  const controller = await runController(store, { clock, random: () => 0, ...overrides })
  running.push(controller)
  clock.idle = async () => {
    await settle()
    await controller.settled()
    await settle()
  }
  await clock.idle()
  return controller
}

const data = (store: MemoryStore) => store.peek(REF)?.data

function drift(store: MemoryStore): void {
  const secret = store.peek(REF)
  if (secret === undefined) throw new Error('no Secret')
  const { uid: _uid, resourceVersion: _version, ...metadata } = secret.metadata
  store.putSecret({ ...secret, metadata: { ...metadata, ...REF }, data: { a: base64('drift') } })
}

const foreign = (annotations: Record<string, string> = {}): SecretObject => ({
  ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: { theirs: base64('x') } },
  metadata: { ...REF, annotations },
})

describe('drift', () => {
  test('is healed by default', async () => {
    const store = await storeWith()
    await start(store)
    drift(store)
    await clock.advance(1000)
    expect(data(store)).toEqual({ a: base64('1') })
    store.removeSecret(REF)
    await clock.advance(2000)
    expect(data(store)).toEqual({ a: base64('1') })
  })

  test('--heal-drift=false: a deleted Secret is made again, a changed one stays until the SealedSecret changes', async () => {
    const store = await storeWith()
    await start(store, { drift: 'recreate' })
    drift(store)
    await clock.advance(600_000)
    expect(data(store)).toEqual({ a: base64('drift') })
    store.putSealedSecret(await sealedManifest(REF, { a: '2' }))
    await clock.advance(600_000)
    expect(data(store)).toEqual({ a: base64('2') })
    store.removeSecret(REF)
    await clock.advance(600_000)
    expect(data(store)).toEqual({ a: base64('2') })
  })

  test('--heal-drift=false: a Secret that is given over is taken at once', async () => {
    const store = await storeWith()
    store.putSecret(foreign())
    await start(store, { drift: 'recreate' })
    expect(data(store)).toEqual({ theirs: base64('x') })
    store.putSecret(foreign({ 'sealedsecrets.bitnami.com/managed': 'true' }))
    await clock.advance(0)
    expect(data(store)).toEqual({ a: base64('1') })
  })

  test('--skip-recreate: nothing that happens to Secrets counts; a restart still costs no RSA operation', async () => {
    /** Knows no Secret but by reading it, as a store that follows none. */
    class Blind extends MemoryStore {
      override secretMeta(): undefined {
        return undefined
      }
    }
    const store = new Blind()
    store.putKey('key-alpha', await keyPem('alpha'))
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const first = await start(store, { drift: 'ignore' })
    expect(data(store)).toEqual({ a: base64('1') })
    await first.stop()
    const [secret, status] = [store.peek(REF), store.sealedSecret(REF)?.status]
    const second = await start(store, { drift: 'ignore' })
    expect(second.rsaOperations()).toBe(0)
    expect([store.peek(REF), store.sealedSecret(REF)?.status]).toEqual([secret, status])
    store.removeSecret(REF)
    await clock.advance(600_000)
    expect(data(store)).toBeUndefined()
    store.putSealedSecret(await sealedManifest(REF, { a: '2' }))
    await clock.advance(0)
    expect(data(store)).toEqual({ a: base64('2') })
    // A restart looks at every Secret.
    drift(store)
    await second.stop()
    await start(store, { drift: 'ignore' })
    expect(data(store)).toEqual({ a: base64('2') })
  })
})

describe('--old-gc-behavior', () => {
  const NO_COLLECTOR = { collectsGarbage: false }

  test('deletes the Secret of a SealedSecret that is gone', async () => {
    const store = await storeWith(NO_COLLECTOR)
    await start(store, { deletesSecrets: true })
    store.removeSealedSecret(REF)
    await clock.advance(0)
    expect(store.peek(REF)).toBeUndefined()
  })

  test('is not the default', async () => {
    const store = await storeWith(NO_COLLECTOR)
    await start(store)
    store.removeSealedSecret(REF)
    await clock.advance(0)
    expect(data(store)).toEqual({ a: base64('1') })
  })

  test.each([
    ['foreign', {}],
    ['patched', { 'sealedsecrets.bitnami.com/patch': 'true' }],
  ])('leaves a Secret that is %s', async (_kind, annotations) => {
    const store = await storeWith(NO_COLLECTOR)
    store.putSecret(foreign(annotations))
    await start(store, { deletesSecrets: true })
    store.removeSealedSecret(REF)
    await clock.advance(0)
    expect(data(store)).toMatchObject({ theirs: base64('x') })
  })

  test('leaves a Secret that took the place of ours', async () => {
    const store = await storeWith(NO_COLLECTOR)
    await start(store, { deletesSecrets: true, drift: 'ignore' })
    store.removeSecret(REF)
    store.putSecret(foreign())
    store.removeSealedSecret(REF)
    await clock.advance(0)
    expect(data(store)).toEqual({ theirs: base64('x') })
  })

  test('is tried again when the API server is away', async () => {
    let calls = 0
    const store = await storeWith({
      ...NO_COLLECTOR,
      fault: (operation) => {
        if (operation !== 'deleteSecret') return undefined
        calls += 1
        return calls < 3 ? new StoreError('unavailable', 'away') : undefined
      },
    })
    await start(store, { deletesSecrets: true })
    store.removeSealedSecret(REF)
    await clock.advance(10_000)
    expect(store.peek(REF)).toBeUndefined()
  })
})

describe('--max-unseal-retries', () => {
  const failing = (code: 'denied' | 'unavailable') => {
    const fault = { calls: 0 }
    const options: MemoryStoreOptions = {
      fault: (operation) => {
        if (operation !== 'createSecret') return undefined
        fault.calls += 1
        return new StoreError(code, 'no')
      },
    }
    return { fault, options }
  }

  test('gives an object up, and takes it up again when it changes', async () => {
    const { fault, options } = failing('denied')
    const store = await storeWith(options)
    const controller = await start(store, { maxRetries: 2 })
    await clock.advance(3_600_000)
    expect(fault.calls).toBe(3)
    expect(controller.log.lines.filter(({ message }) => message.startsWith('given up'))).toHaveLength(1)
    store.putSealedSecret(await sealedManifest(REF, { a: '2' }))
    await clock.advance(3_600_000)
    expect(fault.calls).toBe(6)
  })

  test('does not count while the API server is away', async () => {
    const { fault, options } = failing('unavailable')
    await start(await storeWith(options), { maxRetries: 0 })
    await clock.advance(600_000)
    expect(fault.calls).toBeGreaterThan(5)
  })

  test('by default never gives up', async () => {
    const { fault, options } = failing('denied')
    await start(await storeWith(options))
    await clock.advance(3_600_000)
    expect(fault.calls).toBeGreaterThan(15)
  })
})

describe('--dry-run', () => {
  test('writes nothing, and says what it would do', async () => {
    const store = await storeWith()
    const [changed, right, broken, theirs] = ['changed', 'right', 'broken', 'theirs'].map((name) => ({ ...REF, name }))
    if (!changed || !right || !broken || !theirs) throw new Error('unreachable')
    for (const ref of [changed, right, theirs]) store.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    store.putSealedSecret(await sealedManifest(broken, { a: '1' }, { key: 'bravo' }))
    const first = await start(store, { dryRun: false })
    await first.stop()
    const removed = store.peek(theirs)
    store.removeSecret(REF)
    store.removeSecret(theirs)
    store.putSecret({ ...foreign(), metadata: theirs })
    const secret = store.peek(changed)
    if (secret === undefined || removed === undefined) throw new Error('not opened')
    store.putSecret({ ...secret, data: { a: base64('old') } })
    const [writes, events] = [store.writes.length, store.events.length]

    const controller = await start(store, { dryRun: true })
    expect(store.writes).toHaveLength(writes)
    expect(store.events).toHaveLength(events)
    const found = [...controller.reconciler.results()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect(found.map(({ key, ok, would }) => [key, ok, would])).toEqual([
      ['team/broken', false, undefined],
      ['team/changed', true, 'update'],
      ['team/right', true, undefined],
      ['team/shop', true, 'create'],
      ['team/theirs', false, undefined],
    ])
    const said = controller.log.lines.map(({ message, object }) => `${message}: ${object ?? ''}`)
    expect(said).toEqual(
      expect.arrayContaining([
        'would create the Secret: team/shop',
        'would update the Secret: team/changed',
        'would not be opened: team/theirs',
      ]),
    )
    // The other controller goes on; what it makes right is right.
    store.putSecret(secret)
    store.removeSealedSecret(REF)
    await clock.advance(600_000)
    expect([...controller.reconciler.results()].find(({ key }) => key === 'team/changed')).toMatchObject({ ok: true })
    expect(said.filter((line) => line.startsWith('would update'))).toHaveLength(1)
    expect(store.writes).toHaveLength(writes)
  })

  test('makes no key; when somebody else does, it goes on', async () => {
    const store = new MemoryStore()
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store, { dryRun: true })
    expect(store.keySecrets()).toEqual([])
    expect(controller.controller.unready).toBe('no key yet')
    store.putKey('key-alpha', await keyPem('alpha'))
    const result = await eventually(() => [...controller.reconciler.results()].find(({ ok }) => ok))
    expect(result).toMatchObject({ key: 'team/shop', would: 'create' })
    expect(controller.controller.unready).toBeUndefined()
    expect(store.writes).toEqual([])
  })
})

describe('--watch-for-secrets=false', () => {
  test('keys are those of the start, and those it makes itself', async () => {
    const store = await storeWith()
    const made = await keyPem('charlie')
    const controller = await start(store, { watchKeys: false, generate: () => Promise.resolve(made) })
    const ref = { ...REF, name: 'bravo' }
    store.putKey('key-bravo', await keyPem('bravo'))
    store.putSealedSecret(await sealedManifest(ref, { a: '1' }, { key: 'bravo' }))
    await clock.advance(600_000)
    expect(store.peek(ref)).toBeUndefined()
    expect(await controller.controller.makeKey(new AbortController().signal)).toBe(true)
    expect(await eventually(() => store.peek(ref))).toMatchObject({ data: { a: base64('1') } })
  })
})

test('--key-renew-period: an old key is renewed at start, and what is sealed with either opens', async () => {
  const store = await storeWith()
  const made = await keyPem('charlie')
  const controller = await start(store, {
    renewal: { periodMs: 86_400_000, cutoff: undefined },
    generate: () => Promise.resolve(made),
  })
  await eventually(() => controller.controller.madeKeys[0])
  const ref = { ...REF, name: 'charlie' }
  store.putSealedSecret(await sealedManifest(ref, { a: '1' }, { key: 'charlie' }))
  await eventually(() => store.peek(ref))
  expect([store.peek(REF)?.data, store.peek(ref)?.data]).toEqual([{ a: base64('1') }, { a: base64('1') }])
  expect(controller.controller.madeKeys).toHaveLength(1)
})
