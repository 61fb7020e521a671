/** Many SealedSecrets at once. */
import type { Controller } from './controller.ts'
import { decoded, type NewObject, plainSecret, type StoredSecret } from './objects.ts'
import type { World } from './world.ts'

export interface Bulk {
  readonly namespace: string
  /** What each Secret has to hold. */
  readonly values: ReadonlyMap<string, Readonly<Record<string, string>>>
  readonly sealed: readonly NewObject[]
}

/** Seals `count` Secrets with three values each. The namespace is made, the SealedSecrets are not applied. */
export async function sealMany(world: World, controller: Controller, namespace: string, count: number): Promise<Bulk> {
  await world.namespace(namespace)
  const values = new Map<string, Readonly<Record<string, string>>>()
  for (let index = 0; index < count; index++) {
    const name = `bulk-${index}`
    values.set(name, { a: world.marker(`${name}-a`), b: world.marker(`${name}-b`), c: world.marker(`${name}-c`) })
  }
  const secrets = [...values].map(([name, data]) => plainSecret(namespace, name, data))
  return { namespace, values, sealed: await world.seal(controller, secrets) }
}

export async function applyAll(world: World, { sealed }: Bulk): Promise<void> {
  const waiting = [...sealed]
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await world.create(next)
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

/** Names of the Secrets that are missing or wrong. */
export async function wrongOnes(world: World, { namespace, values }: Bulk): Promise<string[]> {
  const secrets = await world.list<StoredSecret>('Secret', namespace)
  const opened = new Map(secrets.map((secret) => [secret.metadata.name, JSON.stringify(sorted(decoded(secret)))]))
  return [...values].flatMap(([name, wanted]) => (opened.get(name) === JSON.stringify(sorted(wanted)) ? [] : [name]))
}

const sorted = (values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).toSorted(([a], [b]) => a.localeCompare(b))
