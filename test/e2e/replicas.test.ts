/** Several replicas: one works, all serve, and whatever happens to the one, another goes on; nothing is written twice. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { applyAll, sealMany, wrongOnes } from './helpers/bulk.ts'
import type { Controller } from './helpers/controller.ts'
import type { StoredObject } from './helpers/objects.ts'
import { plainSecret } from './helpers/objects.ts'
import { startWorld, type World } from './helpers/world.ts'

interface StoredLease extends StoredObject {
  readonly spec: { readonly holderIdentity?: string; readonly leaseTransitions: number }
}

const HOME = 'kube-system'
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${HOME}/leases/sealed-secrets-controller`
const NEW_KEYS = ['--key-size', '2048']

describeWithControlPlane('replicas', () => {
  let world: World
  const replicas: Controller[] = []

  beforeAll(async () => {
    world = await startWorld()
    await world.namespace('demo')
  })
  afterAll(() => world?.stop())

  const alive = (): Controller[] => replicas.filter(({ running }) => running)
  const lease = (): Promise<StoredLease | undefined> => world.plane.api.find<StoredLease>(LEASE)

  async function leadersOf(controllers: readonly Controller[]): Promise<Controller[]> {
    const values = await Promise.all(controllers.map((controller) => controller.metric('waxseal_leader')))
    return controllers.filter((_, index) => values[index] === 1)
  }

  const leader = (among: () => readonly Controller[] = alive): Promise<Controller> =>
    world.eventually('one of the replicas leads', async () => (await leadersOf(among()))[0], { every: 50 })

  let made = 0
  /** Seals, applies and waits for the Secret; `with` is who is asked for the certificate. */
  async function opensNew(asked: Controller): Promise<void> {
    made += 1
    const name = `new-${made}`
    const value = world.marker(name)
    await world.create(await world.sealOne(asked, plainSecret('demo', name, { value })))
    await world.awaitSecret('demo', name, ({ data }) => data?.value === Buffer.from(value).toString('base64'))
  }

  async function start(): Promise<Controller> {
    const controller = await world.startController({ args: NEW_KEYS, ready: false })
    replicas.push(controller)
    return controller
  }

  const ready = (): Promise<unknown> =>
    world.eventually('all replicas are ready', async () =>
      (await Promise.all(alive().map((each) => each.ready().catch(() => false)))).every(Boolean),
    )

  test('three that start together make one key; all are ready and give out its certificate; one leads', async () => {
    await Promise.all([start(), start(), start()])
    await ready()
    const keys = await world.list<StoredObject>('Secret', HOME)
    expect(keys).toHaveLength(1)
    const certificates = await Promise.all(replicas.map((replica) => replica.certificate()))
    expect(new Set(certificates).size).toBe(1)
    expect(await leadersOf(replicas)).toHaveLength(1)
    await opensNew(await leader())
  })

  test('the leader is killed: another opens what comes', async () => {
    const old = await leader()
    await old.end('SIGKILL')
    const [other] = alive()
    if (other === undefined) throw new Error('nobody is left')
    await opensNew(other)
    expect((await leader()).pid).not.toBe(old.pid)
  })

  test('the leader ends: it gives the lease back, and another goes on', async () => {
    await start()
    await ready()
    const old = await leader()
    const before = await lease()
    await old.end('SIGTERM')
    expect(old.exitCode).toBe(0)
    const next = await leader()
    const after = await lease()
    expect(after?.spec.holderIdentity).not.toBe(before?.spec.holderIdentity)
    expect(after?.spec.leaseTransitions).toBeGreaterThan(before?.spec.leaseTransitions ?? 0)
    await opensNew(next)
  })

  test('the leader stands still amid the work, and goes on when another has taken over: nothing is written twice', async () => {
    await start()
    await ready()
    const old = await leader()
    const bulk = await sealMany(world, old, 'split', 60)
    await applyAll(world, bulk)
    process.kill(old.pid, 'SIGSTOP')
    const others = (): Controller[] => alive().filter(({ pid }) => pid !== old.pid)
    await leader(others)
    await world.eventually('all Secrets are right', async () => (await wrongOnes(world, bulk)).length === 0)
    process.kill(old.pid, 'SIGCONT')
    await world.eventually('it notices', () => old.log.includes('no longer leading'))
    await opensNew(old)
    expect(await leadersOf(alive())).toHaveLength(1)
    const written = world.audit().filter(({ objectRef, verb, responseStatus }) => {
      const isSecret = objectRef?.resource === 'secrets' && objectRef.namespace === 'split'
      return isSecret && (verb === 'create' || verb === 'update') && (responseStatus?.code ?? 0) < 300
    })
    expect(written.map(({ verb }) => verb)).toEqual(Array(60).fill('create'))
  })

  test('the API server is away for longer than a lease: nobody leads then, one does afterwards', async () => {
    await world.outage(() =>
      world.eventually('nobody leads', async () => (await leadersOf(alive())).length === 0, { every: 100 }),
    )
    await opensNew(await leader())
    expect(await leadersOf(alive())).toHaveLength(1)
  })

  test('the lease is deleted, or held by somebody who is no more', async () => {
    await world.plane.kubectl(['delete', 'lease', 'sealed-secrets-controller', '-n', HOME])
    await world.eventually('it is made again', async () => (await lease())?.spec.holderIdentity !== undefined)
    await opensNew(await leader())
    const stale = { spec: { holderIdentity: 'gone', leaseDurationSeconds: 4 } }
    await world.plane.kubectl([
      'patch',
      'lease',
      'sealed-secrets-controller',
      '-n',
      HOME,
      '--type=merge',
      '-p',
      JSON.stringify(stale),
    ])
    await world.eventually('it is taken over', async () => {
      const holder = (await lease())?.spec.holderIdentity
      return holder !== undefined && holder !== 'gone'
    })
    await opensNew(await leader())
    expect(await leadersOf(alive())).toHaveLength(1)
  })

  test('nothing was refused, and nothing of the plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
