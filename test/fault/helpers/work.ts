/** SealedSecrets that come, change and go while something is wrong, and what must have become of them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { applyAll, type Bulk, sealMany, wrongOnes } from '../../e2e/helpers/bulk.ts'
import type { Controller } from '../../e2e/helpers/controller.ts'
import { plainSecret, type StoredSealedSecret, type StoredSecret } from '../../e2e/helpers/objects.ts'
import type { World } from '../../e2e/helpers/world.ts'
import { patience, scale } from './scale.ts'

/** Applied and not yet changed. */
export interface Work {
  readonly bulk: Bulk
  /** Names whose values change, and the SealedSecrets to put then. */
  readonly changed: Bulk
  /** Name of the SealedSecret that goes. */
  readonly removed: string
}

/** Seals all that will be needed, with a controller that is well. */
export async function plan(
  world: World,
  sealer: Controller,
  namespace: string,
  { objects = scale.objects, changes = 3 }: { objects?: number; changes?: number } = {},
): Promise<Work> {
  const all = await sealMany(world, sealer, namespace, objects)
  const names = [...all.values.keys()]
  const [removed = ''] = names
  const values = new Map(all.values)
  for (const name of names.slice(1, 1 + changes)) values.set(name, { a: world.marker(`${name}-new`) })
  const changing = [...values].filter(([name, value]) => all.values.get(name) !== value)
  const sealed = await world.seal(
    sealer,
    changing.map(([name, value]) => plainSecret(namespace, name, value)),
  )
  values.delete(removed)
  return { bulk: all, changed: { namespace, values, sealed }, removed }
}

/** Applies everything, changes some of it and removes one while the controller is at it. */
export async function carryOut(world: World, { bulk, changed, removed }: Work): Promise<void> {
  await applyAll(world, bulk)
  await Promise.all(changed.sealed.map((sealed) => world.put(sealed)))
  await world.delete('SealedSecret', bulk.namespace, removed)
}

/** Every Secret is as it was sealed last, every status says so of the present generation, and nothing moves any more. */
export async function cameThrough(world: World, { changed }: Work): Promise<void> {
  let wrong: string[] = []
  await world.eventually(
    'all Secrets are right',
    async () => {
      wrong = await wrongOnes(world, changed)
      return wrong.length === 0
    },
    { ...patience, every: 200 },
  )
  expect(wrong).toEqual([])
  let late: string[] = []
  await world
    .eventually(
      'all statuses say so',
      async () => {
        const objects = await world.list<StoredSealedSecret>('SealedSecret', changed.namespace)
        const others = objects.filter(({ metadata, status }) => {
          return status?.conditions?.[0]?.status !== 'True' || status.observedGeneration !== metadata.generation
        })
        late = others.map(
          ({ metadata, status }) => `${metadata.name} ${metadata.generation}: ${JSON.stringify(status)}`,
        )
        return late.length === 0
      },
      { ...patience, every: 200 },
    )
    .catch((error: Error) => {
      throw new Error(`${late.join('\n')}\n${error.message}`, { cause: error })
    })
  const versions = async (): Promise<string[]> => {
    const kinds = ['Secret', 'SealedSecret'] as const
    const lists = await Promise.all(kinds.map((kind) => world.list<StoredSecret>(kind, changed.namespace)))
    return lists.flat().map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`)
  }
  const settled = await versions()
  await sleep(500)
  expect(await versions()).toEqual(settled)
}
