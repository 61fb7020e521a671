import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreError } from '../src/ports.ts'
import type { ObjectKey } from '../src/state.ts'
import { MemoryStore, type MemoryStoreOptions } from '../src/stores/memory/index.ts'
import { eventually } from './helpers/eventually.ts'
import { FakeClock, settle } from './helpers/fake-clock.ts'
import { base64, keyPem, sealedManifest } from './helpers/material.ts'
import { type RunningController, runController } from './helpers/run-controller.ts'

const REF = { namespace: 'team', name: 'shop' }
const KEY: ObjectKey = 'team/shop'

let clock: FakeClock
const running: RunningController[] = []
beforeEach(() => {
  clock = new FakeClock()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
})

type Fault = NonNullable<MemoryStoreOptions['fault']>

async function storeWith(options: MemoryStoreOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore(options)
  store.putKey('key-alpha', await keyPem('alpha'))
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

/** Fails the first `times` calls of an operation. */
function failing(operation: Parameters<Fault>[0], times: number, error: () => Error): Fault & { calls: number } {
  const fault: Fault & { calls: number } = (called) => {
    if (called !== operation) return undefined
    fault.calls += 1
    return fault.calls <= times ? error() : undefined
  }
  fault.calls = 0
  return fault
}

const data = (store: MemoryStore) => store.peek(REF)?.data
const message = (store: MemoryStore) => store.sealedSecret(REF)?.status?.conditions[0]?.message
const unavailable = (retryAfterMs?: number) => (): Error =>
  new StoreError('unavailable', 'the API server is busy', retryAfterMs === undefined ? {} : { retryAfterMs })

describe('faults', () => {
  test('an API that is away is asked again: 1 s, 2 s, 4 s, and never given up', async () => {
    const fault = failing('createSecret', 12, unavailable())
    const store = await storeWith({ fault })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store)
    expect(fault.calls).toBe(1)
    await clock.advance(999)
    expect(fault.calls).toBe(1)
    await clock.advance(1)
    expect(fault.calls).toBe(2)
    await clock.advance(1999)
    expect(fault.calls).toBe(2)
    await clock.advance(300_000 * 13)
    await controller.settled()
    expect(data(store)).toEqual({ a: base64('1') })
    expect(controller.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  test('Retry-After is honoured', async () => {
    const fault = failing('createSecret', 1, unavailable(30_000))
    const store = await storeWith({ fault })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    await start(store)
    await clock.advance(29_999)
    expect(fault.calls).toBe(1)
    await clock.advance(1)
    expect(data(store)).toEqual({ a: base64('1') })
  })

  test('clock jumps in both directions change nothing', async () => {
    const fault = failing('createSecret', 2, unavailable())
    const store = await storeWith({ fault })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    await start(store)
    clock.jump(-10 * 365 * 86_400_000)
    await clock.advance(1000)
    expect(fault.calls).toBe(2)
    clock.jump(20 * 365 * 86_400_000)
    await clock.advance(2000)
    expect(data(store)).toEqual({ a: base64('1') })
    const writes = store.writes.length
    clock.jump(-20 * 365 * 86_400_000)
    await clock.advance(600_000)
    expect(store.writes).toHaveLength(writes)
  })

  test('a conflict is resolved at once, with what is there then', async () => {
    const store = await storeWith({
      fault: failing('updateSecret', 1, () => new StoreError('conflict', 'changed')),
    })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store)
    store.putSealedSecret(await sealedManifest(REF, { a: '2' }))
    await clock.advance(0)
    await controller.settled()
    expect(data(store)).toEqual({ a: base64('2') })
  })

  test('a Secret that goes between read and write is made again', async () => {
    const store: MemoryStore = await storeWith({
      fault: (operation) => {
        if (operation === 'updateSecret') store.removeSecret(REF)
        return undefined
      },
    })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store)
    store.putSealedSecret(await sealedManifest(REF, { a: '2' }))
    await clock.advance(5000)
    await controller.settled()
    expect(data(store)).toEqual({ a: base64('2') })
    expect(store.sealedSecret(REF)?.status?.conditions[0]?.status).toBe('True')
  })

  test('a SealedSecret that goes before its status is written leaves nothing behind', async () => {
    const store: MemoryStore = await storeWith({
      fault: (operation) => {
        if (operation === 'updateStatus') store.removeSealedSecret(REF)
        return undefined
      },
    })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store)
    await clock.advance(600_000)
    expect(store.peek(REF)).toBeUndefined()
    expect(await controller.metrics.registry.metrics()).not.toContain('name="shop"')
  })

  test('a status that cannot be written is tried again without opening again, and without a second event', async () => {
    const fault = failing('updateStatus', 2, unavailable())
    const store = await storeWith({ fault })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store)
    await clock.advance(10_000)
    expect(store.sealedSecret(REF)?.status?.conditions[0]?.status).toBe('True')
    expect(controller.rsaOperations()).toBe(1)
    expect(store.events).toHaveLength(1)
  })

  test('what the API forbids is told and tried again slowly', async () => {
    const fault = failing('createSecret', 1, () => new StoreError('denied', 'secrets is forbidden: create'))
    const store = await storeWith({ fault })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    await start(store)
    expect(message(store)).toBe('failed update: secrets is forbidden: create')
    expect(store.events.map(({ reason }) => reason)).toEqual(['ErrUpdateFailed'])
    await clock.advance(1000)
    expect(data(store)).toEqual({ a: base64('1') })
  })

  test('what the API finds invalid is told and left until something changes', async () => {
    const fault = failing('createSecret', 1, () => new StoreError('invalid', 'type: not allowed'))
    const store = await storeWith({ fault })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    await start(store)
    await clock.advance(3_600_000)
    expect(fault.calls).toBe(1)
    store.putSealedSecret(await sealedManifest(REF, { a: '2' }))
    await clock.advance(0)
    expect(data(store)).toEqual({ a: base64('2') })
  })

  test('a defect in one object is logged and does not stop the others', async () => {
    const other = { namespace: 'team', name: 'other' }
    const store = await storeWith({
      fault: (operation, key) => (operation === 'createSecret' && key === KEY ? new TypeError('a value') : undefined),
    })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    store.putSealedSecret(await sealedManifest(other, { a: '1' }))
    const controller = await start(store)
    expect(store.peek(other)?.data).toEqual({ a: base64('1') })
    expect(controller.log.lines.find(({ level }) => level === 'error')?.object).toBe(KEY)
    expect(JSON.stringify(controller.log.lines)).not.toContain('a value')
  })
})

describe('economy', () => {
  test('an object that cannot be opened costs RSA once, until keys come', async () => {
    const store = await storeWith()
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }, { key: 'bravo' }))
    const controller = await start(store)
    const once = controller.rsaOperations()
    store.putSecret({ apiVersion: 'v1', kind: 'Secret', metadata: { ...REF }, data: {} })
    store.removeSecret(REF)
    await clock.advance(3_600_000)
    expect(controller.rsaOperations()).toBe(once)
    expect(store.events).toHaveLength(1)
    store.putKey('key-bravo', await keyPem('bravo'))
    expect(await eventually(() => data(store))).toEqual({ a: base64('1') })
  })

  test('a Secret of somebody else costs no RSA, and a look at least a second apart', async () => {
    let reads = 0
    const store = await storeWith({
      fault: (operation) => {
        if (operation === 'readSecret') reads += 1
        return undefined
      },
    })
    store.putSecret({ apiVersion: 'v1', kind: 'Secret', metadata: { ...REF }, data: {} })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store)
    await clock.advance(999)
    expect(reads).toBe(1)
    await clock.advance(1)
    expect(reads).toBe(2)
    await clock.advance(10_000)
    expect(reads).toBeLessThan(7)
    expect(controller.rsaOperations()).toBe(0)
    expect(store.events).toHaveLength(1)
  })

  test('a touched but unchanged Secret is compared without opening', async () => {
    const store = await storeWith()
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const controller = await start(store)
    const secret = store.peek(REF)
    if (secret === undefined) throw new Error('not made')
    store.putSecret({ ...secret, metadata: { ...secret.metadata, managedFields: [{ manager: 'x' }] } })
    await clock.advance(0)
    await controller.settled()
    expect(controller.rsaOperations()).toBe(1)
    expect(store.writes.filter(({ operation }) => operation === 'updateSecret')).toEqual([])
  })

  test('where the CRD prunes our fields, a restart opens once and writes no Secret, no event, one no-op status', async () => {
    const store = await storeWith({ prunesStatus: true })
    const refs = Array.from({ length: 20 }, (_, i) => ({ namespace: 'team', name: `shop-${i}` }))
    for (const ref of refs) store.putSealedSecret(await sealedManifest(ref, { a: '1' }))
    const first = await start(store)
    await first.stop()
    const before = refs.map((ref) => store.sealedSecret(ref)?.status)
    store.writes.length = 0
    const second = await start(store)
    await clock.advance(3_600_000)
    expect(second.rsaOperations()).toBe(20)
    const written = store.writes.map(({ operation }) => operation).filter((one) => one !== 'publishCertificate')
    expect(written).toEqual(['updateStatus'])
    expect(refs.map((ref) => store.sealedSecret(ref)?.status)).toEqual(before)
  })

  test('a restart after an offline change of the Secret opens and heals', async () => {
    const store = await storeWith()
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    const first = await start(store)
    await first.stop()
    const secret = store.peek(REF)
    if (secret === undefined) throw new Error('not made')
    store.putSecret({ ...secret, data: { a: base64('drift') } })
    await start(store)
    expect(data(store)).toEqual({ a: base64('1') })
  })

  test('somebody who keeps changing the Secret is answered ever more slowly', async () => {
    let writes = 0
    const store: MemoryStore = await storeWith({
      fault: (operation) => {
        if (operation === 'updateSecret') writes += 1
        return undefined
      },
    })
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
    await start(store)
    for (let second = 0; second < 60; second++) {
      const secret = store.peek(REF)
      if (secret !== undefined) store.putSecret({ ...secret, data: { a: base64(`drift ${second}`) } })
      await clock.advance(1000)
    }
    expect(writes).toBeGreaterThan(3)
    expect(writes).toBeLessThan(10)
    await clock.advance(300_000)
    expect(data(store)).toEqual({ a: base64('1') })
  })

  test('with updateStatus off nothing is written to the SealedSecret, and events are not repeated', async () => {
    const store = await storeWith()
    store.putSealedSecret(await sealedManifest(REF, { a: '1' }, { key: 'bravo' }))
    await start(store, { updateStatus: false })
    await clock.advance(600_000)
    expect(store.sealedSecret(REF)?.status).toBeUndefined()
    expect(store.events).toHaveLength(1)
  })
})

test('metrics follow the state and go with the object', async () => {
  const store = await storeWith()
  store.putSealedSecret(await sealedManifest(REF, { a: '1' }, { labels: { 'app.kubernetes.io/instance': 'web' } }))
  store.putSealedSecret(await sealedManifest({ namespace: 'team', name: 'bad' }, { a: '1' }, { key: 'bravo' }))
  const controller = await start(store)
  const lines = async (): Promise<string[]> => (await controller.metrics.registry.metrics()).split('\n')
  const gauge = 'sealed_secrets_controller_condition_info'
  expect(await lines()).toEqual(
    expect.arrayContaining([
      `${gauge}{namespace="team",name="shop",condition="Synced",ss_app_kubernetes_io_instance="web"} 1`,
      `${gauge}{namespace="team",name="bad",condition="Synced",ss_app_kubernetes_io_instance=""} -1`,
      'sealed_secrets_controller_unseal_requests_total 2',
      'sealed_secrets_controller_unseal_errors_total{reason="unseal",namespace="team"} 1',
      'sealed_secrets_controller_build_info{revision="test"} 1',
    ]),
  )
  store.removeSealedSecret({ namespace: 'team', name: 'bad' })
  await clock.advance(0)
  expect((await lines()).filter((line) => line.startsWith(gauge))).toHaveLength(1)
})

test('stopping waits for what is in hand, at most for the grace time', async () => {
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const store = await storeWith()
  const read = store.createSecret.bind(store)
  store.createSecret = async (secret) => {
    begun.resolve()
    await gate.promise
    return read(secret)
  }
  store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
  const controller = await runController(store, { clock, graceMs: 5000 }, { wait: false })
  await begun.promise
  const stopped = controller.stop().then(() => 'stopped')
  await clock.advance(4999)
  expect(await Promise.race([stopped, Promise.resolve('waiting')])).toBe('waiting')
  gate.resolve()
  await clock.advance(0)
  expect(await stopped).toBe('stopped')
  expect(data(store)).toEqual({ a: base64('1') })
})
