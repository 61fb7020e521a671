/** A bad line to the API server, or an API server that ails: whatever it does, all Secrets come out right. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Controller } from '../e2e/helpers/controller.ts'
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { type Asked, BadLine, type Fault } from './helpers/proxy.ts'
import { scale } from './helpers/scale.ts'
import { cameThrough, carryOut, plan } from './helpers/work.ts'

const refuse = (status: number, reason: string, retryAfter?: number): Fault => ({
  ...{ kind: 'refuse', status, reason },
  ...(retryAfter === undefined ? {} : { retryAfter }),
})

type Trouble = readonly [string, (asked: Asked) => Fault | undefined]

/** What happens to requests for as long as the work lasts. */
const FAULTS: readonly Trouble[] = [
  // Counted for each method and path: else the renewals of the Lease, which keep time, could leave every refusal to one status.
  ['409 on every second write', ({ write, same }) => (write && same % 2 === 0 ? refuse(409, 'Conflict') : undefined)],
  [
    '429 with Retry-After on every third request',
    ({ same }) => (same % 3 === 0 ? refuse(429, 'TooManyRequests', 1) : undefined),
  ],
  ['500 on every third request', ({ same }) => (same % 3 === 0 ? refuse(500, 'InternalError') : undefined)],
  [
    '503 on every second read',
    ({ write, same }) => (!write && same % 2 === 0 ? refuse(503, 'ServiceUnavailable') : undefined),
  ],
  ['slow answers', ({ before }) => ({ kind: 'delay', ms: 100 + (before % 5) * 100 })],
  [
    'the answer to every second write is lost, though it was done',
    ({ write, before }) => (write && before % 2 === 0 ? { kind: 'cut', after: 0 } : undefined),
  ],
  [
    'every third answer is cut',
    ({ before, watch }) => (before % 3 === 0 ? { kind: 'cut', after: watch ? 2000 : 100 } : undefined),
  ],
  [
    'the first two answers to everything are corrupt, then every fourth',
    ({ before, same }) => (same < 2 || before % 4 === 0 ? { kind: 'corrupt' } : undefined),
  ],
]

/** The short variant leaves out what differs from another one only in the status. */
const few = (...places: readonly number[]): readonly Trouble[] =>
  scale.all ? FAULTS : FAULTS.filter((_, index) => places.includes(index))

describeWithControlPlane('a bad line', () => {
  let world: World
  let proxy: BadLine
  let controller: Controller
  let made = 0
  const next = (): string => `line-${++made}`

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'] })
    proxy = await BadLine.start(world.plane)
    controller = await world.startController({ server: proxy.server })
  })
  afterEach(() => proxy.heal())
  afterAll(async () => {
    await proxy?.close()
    await world?.stop()
  })

  describe('while it works', () => {
    test.each(few(0, 1, 5, 6, 7))('%s', async (_, fault) => {
      const work = await plan(world, controller, next())
      proxy.inject(fault)
      // The watches that are there already would never see it.
      proxy.dropWatches()
      await carryOut(world, work)
      await cameThrough(world, work)
      expect([...proxy.injected.values()].some((count) => count > 1)).toBe(true)
      expect(controller.running).toBe(true)
    })

    test('every watch is dropped every second', async () => {
      const work = await plan(world, controller, next())
      let dropped = 0
      const timer = setInterval(() => {
        dropped += proxy.dropWatches()
      }, 1000)
      try {
        await carryOut(world, work)
        await sleep(scale.faultMs)
        await cameThrough(world, work)
      } finally {
        clearInterval(timer)
      }
      expect(dropped).toBeGreaterThan(5)
    })
  })

  describe('while it starts', () => {
    test.each(few(6))('%s', async (_, fault) => {
      await controller.end('SIGTERM')
      const sealer = await world.startController()
      const work = await plan(world, sealer, next())
      await sealer.end('SIGTERM')
      await carryOut(world, work)
      proxy.inject(fault)
      controller = await world.startController({ server: proxy.server, ready: false })
      await cameThrough(world, work)
      await world.eventually('the controller is ready', () => controller.ready())
      expect(proxy.injected.size).toBe(1)
    })
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
