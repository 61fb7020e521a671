/** The rights that deploy/ grants are the rights that the controller uses: none missing, none needless. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { grantedRights, usedRights } from './helpers/audit.ts'
import type { Controller } from './helpers/controller.ts'
import { decoded, plainSecret } from './helpers/objects.ts'
import { startWorld, type World, type WorldOptions } from './helpers/world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ACCOUNT = 'sealed-secrets-controller'

/** Lets the controller do everything that it ever does: make a key, create, update, remake, refuse, tell again. */
async function everything(world: World, controller: Controller, namespace: string): Promise<void> {
  const seal = (name: string, value: string) => world.sealOne(controller, plainSecret(namespace, name, { value }))
  const [one, two, foreign] = [await seal('mine', 'one'), await seal('mine', 'two'), await seal('foreign', 'x')]
  const valued = (value: string) => world.awaitSecret(namespace, 'mine', (secret) => decoded(secret).value === value)
  await world.create(one)
  await valued('one')
  // Only what was told already is counted up; what still waits is told once, with its count.
  await world.event(namespace, 'mine', 'Unsealed', 'SealedSecret unsealed successfully')
  await world.put(two)
  await valued('two')
  await world.put(one)
  await valued('one')
  await world.delete('Secret', namespace, 'mine')
  await valued('one')
  await world.create(plainSecret(namespace, 'foreign', { theirs: 'kept' }))
  await world.create(foreign)
  await world.condition(namespace, 'foreign', 'False')
  await world.eventually('an event is counted up', async () => {
    return (await world.events(namespace, 'mine')).some(({ count }) => count > 1)
  })
}

/** Runs the controller with the rights of a folder's manifests; returns what it used and what they grant. */
async function rights(options: WorldOptions & { manifests: string }, namespace: string, args: readonly string[]) {
  const world = await startWorld(options)
  try {
    if (namespace !== world.home) await world.namespace(namespace)
    const controller = await world.startController({ args })
    await everything(world, controller, namespace)
    await controller.end('SIGTERM')
    expect(await world.complaints()).toEqual([])
    const manifests = await world.plane.kubectl(['kustomize', `${root}${options.manifests}`])
    return { used: usedRights(world.audit(), world.home), granted: grantedRights(manifests, ACCOUNT) }
  } finally {
    await world.stop()
  }
}

describeWithControlPlane('rights', () => {
  test('of the whole cluster', async () => {
    const { used, granted } = await rights({ manifests: 'deploy' }, 'demo', [])
    expect(used).toEqual(granted)
  })

  test('of one namespace', async () => {
    const options = { manifests: 'deploy/namespaced', home: 'sealed-secrets' }
    const { used, granted } = await rights(options, 'sealed-secrets', ['--all-namespaces=false'])
    expect(used).toEqual(granted)
  })

  test('of its own and one further namespace: works there, and nowhere else', async () => {
    const world = await startWorld({ manifests: 'deploy/namespaced', home: 'sealed-secrets', keys: ['alpha'] })
    try {
      await world.namespace('team-a')
      await world.namespace('team-b')
      await world.plane.kubectl(['apply', '-k', `${root}deploy/namespaced/additional`])
      const args = ['--all-namespaces=false', '--additional-namespaces=team-a']
      const controller = await world.startController({ args })
      for (const namespace of ['team-b', 'team-a', 'sealed-secrets']) {
        await world.create(await world.sealOne(controller, plainSecret(namespace, 'mine', { in: namespace })))
      }
      for (const namespace of ['sealed-secrets', 'team-a']) {
        await world.condition(namespace, 'mine', 'True')
        expect(decoded(await world.awaitSecret(namespace, 'mine'))).toEqual({ in: namespace })
      }
      expect(await world.secret('team-b', 'mine')).toBeUndefined()
      expect(await world.sealedSecret('team-b', 'mine')).not.toHaveProperty('status')
      expect(await world.complaints()).toEqual([])
    } finally {
      await world.stop()
    }
  })
})
