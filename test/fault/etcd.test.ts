/** etcd goes away and comes back. What becomes of the API server itself: long/outages.test.ts. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Controller } from '../e2e/helpers/controller.ts'
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { cameThrough, carryOut, plan } from './helpers/work.ts'

describeWithControlPlane('etcd', () => {
  let world: World
  let controller: Controller

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'] })
    controller = await world.startController()
  })
  afterAll(() => world?.stop())

  test('ends amid the work, again and again', async () => {
    const work = await plan(world, controller, 'etcd')
    await world.plane.stopEtcd()
    await sleep(1000)
    world.plane.startEtcd()
    await world.eventually('the API server is ready', async () => {
      return (await world.plane.api.request('/readyz')).status === 200
    })
    const applied = carryOut(world, work)
    await applied
    for (let round = 0; round < 2; round++) {
      await world.plane.stopEtcd()
      await sleep(500)
      world.plane.startEtcd()
      await sleep(500)
    }
    await cameThrough(world, work)
    expect(controller.running).toBe(true)
    await world.eventually('the controller is ready', () => controller.ready())
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
