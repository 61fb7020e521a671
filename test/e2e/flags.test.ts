/** Flags whose effect the API server sees. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import type { AuditEvent } from './helpers/audit.ts'
import type { Controller } from './helpers/controller.ts'
import { decoded, plainSecret, type StoredSecret } from './helpers/objects.ts'
import { startWorld, type World } from './helpers/world.ts'

const CONDITION = 'sealed_secrets_controller_condition_info'

describeWithControlPlane('flags', () => {
  let world: World
  let controller: Controller
  let since = ''

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'] })
    await world.namespace('demo')
  })
  afterAll(() => world?.stop())

  async function start(...args: string[]): Promise<void> {
    if (controller?.running) await controller.end('SIGTERM')
    since = new Date().toISOString()
    controller = await world.startController({ args })
  }
  /** What this controller asked so far. */
  const asked = (): AuditEvent[] => world.audit().filter(({ stageTimestamp }) => stageTimestamp > since)

  async function apply(name: string, metadata: object = {}): Promise<string> {
    const value = world.marker(name)
    const sealed = await world.sealOne(controller, plainSecret('demo', name, { value }))
    await world.create({ ...sealed, metadata: { ...sealed.metadata, ...metadata } })
    return value
  }
  const holds = (name: string, value: string): Promise<StoredSecret> =>
    world.awaitSecret('demo', name, (secret) => decoded(secret).value === value)

  test('--label-selector: what does not have the labels is left alone, until it has', async () => {
    await start('--label-selector=team in (a,b),!skip')
    await apply('unlabelled')
    await apply('skipped', { labels: { team: 'a', skip: 'yes' } })
    const value = await apply('selected', { labels: { team: 'a' } })
    await holds('selected', value)
    await world.condition('demo', 'selected', 'True')
    expect(await world.secret('demo', 'unlabelled')).toBeUndefined()
    expect(await world.secret('demo', 'skipped')).toBeUndefined()
    await world.patch('SealedSecret', 'demo', 'unlabelled', { metadata: { labels: { team: 'b' } } })
    const secret = await world.awaitSecret('demo', 'unlabelled')
    // Out of sight is not deleted.
    await world.patch('SealedSecret', 'demo', 'unlabelled', { metadata: { labels: { team: null } } })
    await world.eventually('it is no longer counted', async () => (await controller.metric(CONDITION)) === 1)
    expect(await world.secret('demo', 'unlabelled')).toEqual(secret)
  })

  test('--skip-recreate: no Secret is watched, and a restart opens nothing all the same', async () => {
    const args = ['--skip-recreate', '--metrics-omit-secret-labels']
    await start(...args)
    const value = await apply('unwatched')
    const made = await holds('unwatched', value)
    await world.condition('demo', 'unwatched', 'True')
    await start(...args)
    await world.eventually('all were read', () => {
      const reads = asked().filter(({ verb, objectRef }) => verb === 'get' && objectRef?.namespace === 'demo')
      return reads.length >= 4
    })
    const seen = asked().filter(({ objectRef }) => objectRef?.resource === 'secrets')
    expect(seen.filter(({ verb, objectRef }) => verb !== 'get' && objectRef?.namespace !== 'kube-system')).toEqual([])
    expect(seen.filter(({ verb }) => verb === 'update' || verb === 'create')).toEqual([])
    expect(await world.secret('demo', 'unwatched')).toEqual(made)
    expect(await controller.metric('waxseal_rsa_operations_total')).toBe(0)
    // Names are not told, either.
    expect(await controller.metric(CONDITION)).toBe(0)
  })

  test('--kubeclient-qps: requests are spread', async () => {
    await start('--kubeclient-qps=5', '--kubeclient-burst=1', '--all-namespaces=false', '--additional-namespaces=demo')
    const value = await apply('slow')
    await holds('slow', value)
    await world.condition('demo', 'slow', 'True')
    const times = asked()
      .filter(({ objectRef }) => objectRef?.resource !== 'leases')
      .map(({ stageTimestamp }) => Date.parse(stageTimestamp))
      .toSorted((a, b) => a - b)
    const [first = 0, last = 0] = [times[0], times.at(-1)]
    // A watch is in the record when it begins and when it ends.
    expect(times.length).toBeGreaterThan(8)
    expect(last - first).toBeGreaterThan((times.length / 2 - 2) * 200)
  })

  test('--old-gc-behavior: the controller deletes the Secret itself, given the right', async () => {
    const account = '--serviceaccount=kube-system:sealed-secrets-controller'
    await world.plane.kubectl(['create', 'clusterrole', 'old-gc', '--verb=delete', '--resource=secrets'])
    await world.plane.kubectl(['create', 'clusterrolebinding', 'old-gc', '--clusterrole=old-gc', account])
    await start('--old-gc-behavior')
    await holds('old', await apply('old'))
    await world.condition('demo', 'old', 'True')
    await world.create(plainSecret('demo', 'theirs', { value: 'kept' }))
    await apply('theirs')
    await world.condition('demo', 'theirs', 'False')
    // There is no garbage collector in this cluster.
    await world.delete('SealedSecret', 'demo', 'theirs')
    await world.delete('SealedSecret', 'demo', 'old')
    await world.eventually('its Secret is gone', async () => (await world.secret('demo', 'old')) === undefined)
    expect(decoded(await world.awaitSecret('demo', 'theirs'))).toEqual({ value: 'kept' })
  })

  test('--max-unseal-retries: given up, and taken up again when something changes', async () => {
    await start('--max-unseal-retries=1')
    await world.create(plainSecret('demo', 'taken', { value: 'theirs' }))
    const value = await apply('taken')
    await world.eventually('it is given up', () => controller.log.includes('given up until it, its Secret or the keys'))
    const annotations = { 'sealedsecrets.bitnami.com/managed': 'true' }
    await world.patch('Secret', 'demo', 'taken', { metadata: { annotations } })
    expect((await holds('taken', value)).metadata.ownerReferences).toHaveLength(1)
  })

  test('two controllers at once, by mistake: nothing is wrong, and both come to rest', async () => {
    await start('--leader-elect=false')
    const other = await world.startController({ args: ['--leader-elect=false'] })
    const values = new Map<string, string>()
    for (let index = 0; index < 10; index++) values.set(`both-${index}`, await apply(`both-${index}`))
    for (const [name, value] of values) {
      await holds(name, value)
      await world.condition('demo', name, 'True')
    }
    await world.patch('Secret', 'demo', 'both-0', { data: { value: 'ZHJpZnQ=' } })
    await holds('both-0', values.get('both-0') ?? '')
    const written = (): number =>
      asked().filter(({ verb, objectRef }) => {
        return verb !== 'watch' && objectRef?.resource === 'secrets' && objectRef.name?.startsWith('both-')
      }).length
    await world.eventually('nothing is written any more', async () => {
      const before = await world.versions()
      await new Promise((resolve) => setTimeout(resolve, 1500))
      return JSON.stringify(await world.versions()) === JSON.stringify(before)
    })
    expect(written()).toBeLessThan(100)
    await other.end('SIGTERM')
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    await controller.end('SIGTERM')
    expect(await world.complaints()).toEqual([])
  })
})
