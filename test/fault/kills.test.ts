/** The leader is killed again and again, at any moment, while SealedSecrets come, change and go: nothing is lost, nothing wrong. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Controller } from '../e2e/helpers/controller.ts'
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { scale } from './helpers/scale.ts'
import { cameThrough, plan } from './helpers/work.ts'

const { times, objects } = scale.kills

describeWithControlPlane('kills of the leader', () => {
  let world: World
  const replicas: Controller[] = []

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'] })
  })
  afterAll(() => world?.stop())

  const start = async (): Promise<Controller> => {
    const controller = await world.startController({ ready: false })
    replicas.push(controller)
    return controller
  }
  const alive = (): Controller[] => replicas.filter(({ running }) => running)

  async function leader(): Promise<Controller> {
    return world.eventually(
      'one of the replicas leads',
      async () => {
        const found = await Promise.all(
          alive().map(async (each) => ({ each, leads: await each.metric('waxseal_leader').catch(() => 0) })),
        )
        return found.find(({ leads }) => leads === 1)?.each
      },
      { every: 20 },
    )
  }

  test(`${times} at random moments while ${objects} SealedSecrets are applied and half of them changed`, async () => {
    const first = await start()
    await start()
    await world.eventually('it is ready', () => first.ready().catch(() => false))
    const work = await plan(world, first, 'killed', { objects, changes: Math.floor(objects / 2) })
    let over = false
    const kills = (async () => {
      for (let killed = 0; killed < times; killed++) {
        const old = await leader()
        await sleep(Math.random() * 700)
        await old.end('SIGKILL')
        await start()
      }
      over = true
    })()
    // What there is to do lasts for as long as somebody is killed: one change after the other.
    const changes = [...work.bulk.sealed, ...work.changed.sealed]
    for (const [index, sealed] of changes.entries()) {
      await world.put(sealed)
      if (!over && index % Math.ceil(changes.length / (times * 4)) === 0) await sleep(scale.all ? 500 : 200)
    }
    await world.delete('SealedSecret', 'killed', work.removed)
    await kills
    await cameThrough(world, work)
    expect(alive().length).toBeGreaterThanOrEqual(2)
    expect(replicas.length).toBe(times + 2)
  })

  test('nothing was refused, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
