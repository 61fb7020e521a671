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

async function used(options: WorldOptions, namespace: string, args: readonly string[]): Promise<Set<string>> {
  const world = await startWorld(options)
  try {
    if (namespace !== world.home) await world.namespace(namespace)
    const controller = await world.startController({ args })
    await everything(world, controller, namespace)
    await controller.end('SIGTERM')
    expect(await world.complaints()).toEqual([])
    const requests = await world.eventually('all requests are logged', () => {
      const events = world.audit()
      return events.length > 0 && events
    })
    return usedRights(requests, world.home)
  } finally {
    await world.stop()
  }
}

const granted = async (folder: string): Promise<Set<string>> => {
  const { startControlPlane } = await import('../kube/control-plane.ts')
  const plane = await startControlPlane()
  try {
    return grantedRights(await plane.kubectl(['kustomize', `${root}${folder}`]), ACCOUNT)
  } finally {
    await plane.stop()
  }
}

describeWithControlPlane('rights', () => {
  test('of the whole cluster', async () => {
    expect(await used({}, 'demo', [])).toEqual(await granted('deploy'))
  })

  test('of one namespace', async () => {
    const options = { manifests: 'deploy/namespaced', home: 'sealed-secrets' }
    const rights = await used(options, 'sealed-secrets', ['--all-namespaces=false'])
    expect(rights).toEqual(await granted('deploy/namespaced'))
  })
})
