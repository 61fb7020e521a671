/** Two controllers by mistake, ours and one with Bitnami's rules: the same Secret is not written for ever. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keyOf, type ObjectKey, refOf, type SecretObject } from '../src/state.ts'
import { MemoryStore } from '../src/stores/memory/index.ts'
import { FakeClock, settle } from './helpers/fake-clock.ts'
import { base64, keyPem, sealedManifest } from './helpers/material.ts'
import { type RunningController, runController } from './helpers/run-controller.ts'

const REF = { namespace: 'team', name: 'shop' }
const HOUR = 3_600_000

let clock: FakeClock
let store: MemoryStore
let stop: AbortController
const running: RunningController[] = []
beforeEach(async () => {
  clock = new FakeClock()
  stop = new AbortController()
  store = new MemoryStore()
  store.putKey('key-alpha', await keyPem('alpha'))
})
afterEach(async () => {
  stop.abort()
  await Promise.all(running.splice(0).map((one) => one.stop()))
})

async function start(): Promise<void> {
  const controller = await runController(store, { clock, random: () => 0 })
  running.push(controller)
  clock.idle = async () => {
    await settle()
    await controller.settled()
    await settle()
  }
  await clock.idle()
}

/** Somebody else at work on the same store; `acts` says on what, `writes` counts. */
async function other(acts: (what: 'sealed' | 'secret', gone: boolean) => boolean, value: string) {
  const counted = { writes: 0 }
  const write = (key: ObjectKey): void => {
    const ref = refOf(key)
    const entry = store.sealedSecret(ref)
    if (entry === undefined) return
    const { name, uid } = entry
    const owner = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name, uid, controller: true }
    const secret: SecretObject = {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: { a: base64(value) } },
      metadata: { ...ref, ownerReferences: [{ ...owner, blockOwnerDeletion: true }] },
    }
    counted.writes += 1
    store.putSecret(secret)
  }
  await store.start(
    {
      sealedSecretChanged: (key) => {
        if (key === keyOf(REF) && acts('sealed', false)) setImmediate(() => write(key))
      },
      secretChanged: (key) => {
        if (key === keyOf(REF) && acts('secret', store.peek(REF) === undefined)) setImmediate(() => write(key))
      },
      keysChanged: () => {},
    },
    stop.signal,
  )
  return counted
}

const ours = (): number => store.writes.filter(({ operation }) => /^(create|update)Secret$/.test(operation)).length

test('one that opens what changes and makes deleted Secrets again, as Bitnami’s does', async () => {
  const theirs = await other((what, gone) => what === 'sealed' || gone, '1')
  await start()
  store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
  await clock.advance(HOUR)
  store.removeSecret(REF)
  await clock.advance(HOUR)
  expect(store.peek(REF)?.data).toEqual({ a: base64('1') })
  expect(theirs.writes).toBe(2)
  expect(ours()).toBeLessThanOrEqual(3)
})

test('one that puts its own value back after each of our writes', async () => {
  await start()
  store.putSealedSecret(await sealedManifest(REF, { a: '1' }))
  await clock.advance(0)
  const before = ours()
  for (let minute = 0; minute < 120; minute++) {
    const secret = store.peek(REF)
    if (secret === undefined) throw new Error('no Secret')
    if (secret.data.a === base64('1')) store.putSecret({ ...secret, data: { a: base64('theirs') } })
    await clock.advance(60_000)
  }
  // After 1, 2, 4 ... 300 s: not every minute.
  expect(ours() - before).toBeLessThan(40)
})
