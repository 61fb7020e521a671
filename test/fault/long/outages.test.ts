/** The API server goes away for long, and comes back without what it had in mind. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Controller } from '../../e2e/helpers/controller.ts'
import { startWorld, type World } from '../../e2e/helpers/world.ts'
import { describeWithControlPlane } from '../../kube/describe.ts'
import { BadLine } from '../helpers/proxy.ts'
import { scale } from '../helpers/scale.ts'
import { cameThrough, carryOut, plan } from '../helpers/work.ts'

describeWithControlPlane('the API server', () => {
  let world: World
  let line: BadLine
  let controller: Controller

  beforeAll(async () => {
    // The API server has etcd forget old versions all the time.
    world = await startWorld({ keys: ['alpha'], extraArgs: ['--etcd-compaction-interval', '1s'] })
    line = await BadLine.start(world.plane)
    controller = await world.startController({ server: line.server })
  })
  afterAll(async () => {
    await line?.close()
    await world?.stop()
  })

  test('is away amid the work', async () => {
    const work = await plan(world, controller, 'away')
    const [first, ...rest] = work.bulk.sealed
    if (first === undefined) throw new Error('nothing was sealed')
    await world.create(first)
    await world.awaitSecret('away', first.metadata.name)
    await world.outage(() => sleep(scale.outageMs))
    await carryOut(world, { ...work, bulk: { ...work.bulk, sealed: rest } })
    await cameThrough(world, work)
    expect(controller.running).toBe(true)
  })

  test('has forgotten what happened while the controller was cut off: 410 Gone', async () => {
    const work = await plan(world, controller, 'gone')
    line.cut()
    await carryOut(world, work)
    await sleep(3000)
    // A new API server knows only what etcd still has.
    await world.outage(() => sleep(scale.outageMs))
    line.heal()
    await cameThrough(world, work)
    expect(controller.running).toBe(true)
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
