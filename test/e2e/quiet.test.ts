/** Nothing is written, and nothing opened again, when nothing has changed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { applyAll, type Bulk, sealMany, wrongOnes } from './helpers/bulk.ts'
import type { Controller } from './helpers/controller.ts'
import { plainSecret, type StoredEvent } from './helpers/objects.ts'
import { startWorld, type World } from './helpers/world.ts'

const COUNT = 20
const CONDITION = 'sealed_secrets_controller_condition_info'
const RSA = 'waxseal_rsa_operations_total'

describeWithControlPlane('a quiet cluster', () => {
  let world: World
  let bulk: Bulk
  let controller: Controller

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha', 'bravo'] })
    controller = await world.startController()
    bulk = await sealMany(world, controller, 'quiet', COUNT)
    await applyAll(world, bulk)
    await world.eventually('all are opened', async () => (await wrongOnes(world, bulk)).length === 0)
    await settled(COUNT)
    // They are written in the background.
    await world.eventually('all events are written', async () => {
      return (await world.list<StoredEvent>('Event', 'quiet')).length === COUNT
    })
  })
  afterAll(() => world?.stop())

  /** Waits until the controller has looked at all objects; its gauge is 0 or absent before that. */
  async function settled(synced: number, failed = 0): Promise<void> {
    await world.eventually(`${synced} are synced and ${failed} are not`, async () => {
      const looked = await Promise.all([controller.metric(CONDITION, '} 1'), controller.metric(CONDITION, '} -1')])
      return looked[0] === synced && looked[1] === -failed
    })
  }

  async function restart(): Promise<void> {
    await controller.end('SIGTERM')
    controller = await world.startController()
  }

  /** Seals and applies one more: when it is opened, what was there before it has had its turn. */
  async function passOne(name: string): Promise<void> {
    await world.create(await world.sealOne(controller, plainSecret('canary', name, { a: 'b' })))
    await world.condition('canary', name, 'True')
  }

  /** Versions but for those of the objects of `passOne`. */
  const others = (all: readonly string[]): string[] => all.filter((line) => !line.startsWith('canary/'))

  test('a restart costs no RSA operation and no write', async () => {
    const before = await world.versions()
    await restart()
    await settled(COUNT)
    expect(await controller.metric(RSA)).toBe(0)
    expect(await world.versions()).toEqual(before)
  })

  test('neither does an API server that went away and came back', async () => {
    await world.namespace('canary')
    const before = await world.versions()
    await world.outage()
    await passOne('after-crash')
    expect(others(await world.versions())).toEqual(before)
    // One value, and the newest key is the one that sealed it.
    expect(await controller.metric(RSA)).toBe(1)
  })

  test('what cannot be opened or written is told once, not at every start', async () => {
    const sealed = await world.sealOne(controller, plainSecret('quiet', 'wrong-name', { a: 'b' }))
    const foreign = await world.sealOne(controller, plainSecret('quiet', 'foreign', { a: 'b' }))
    await world.create({ ...sealed, metadata: { namespace: 'quiet', name: 'another' } })
    await world.create(plainSecret('quiet', 'foreign', { theirs: 'kept' }))
    await world.create(foreign)
    await world.event('quiet', 'another', 'ErrUnsealFailed', 'Failed to unseal: no key could decrypt secret (a)')
    const message = 'Resource "foreign" already exists and is not managed by SealedSecret'
    await world.event('quiet', 'foreign', 'ErrUpdateFailed', message)
    await settled(COUNT + 1, 2)
    const before = await world.versions()
    await restart()
    await settled(COUNT + 1, 2)
    await passOne('after-restart')
    expect(others(await world.versions())).toEqual(others(before))
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
