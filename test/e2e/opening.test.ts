/** SealedSecrets of all origins open, and their Secrets follow them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answer } from '../kube/json.ts'
import type { Controller } from './helpers/controller.ts'
import {
  decoded,
  type Meta,
  type NewObject,
  plainSecret,
  type StoredObject,
  type StoredSecret,
} from './helpers/objects.ts'
import { deprecatedByKubeseal, openedByKubeseal, type SealedVector, sealedByKubeseal } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

/**
 * What a cluster shows otherwise than `kubeseal --recovery-unseal` prints: Kubernetes sets the type, leaves empty maps
 * out, and the owner reference has the uid that the SealedSecret was given.
 */
function comparable(secret: NewObject | StoredSecret, uid: string): object {
  const { metadata, type, immutable, data } = answer<Partial<StoredSecret> & Pick<StoredSecret, 'metadata'>>(secret)
  const { name, namespace, labels = {}, annotations = {}, ownerReferences = [], finalizers = [] } = metadata
  const values = new Map(Object.entries(data ?? {}).map(([key, value]) => [key, value ?? '']))
  const owners = ownerReferences.map((owner) => ({ ...owner, uid }))
  const rest = { type: type ?? 'Opaque', immutable: immutable ?? false, values }
  return { name, namespace, labels, annotations, owners, finalizers, ...rest }
}

/** What opens offline only: the API server refuses to store the SealedSecret, or it would never have this label. */
const OFFLINE_ONLY: readonly string[] = [
  'apiVersion and kind missing',
  'kind missing',
  'encryptedData missing',
  'encryptedData a list',
  'namespace missing, strict: the label is /name',
]

/** Opens, but the API server refuses to store the Secret. */
const NO_SECRET = 'keys with dots, dashes, underscores, digits, capitals'

describeWithControlPlane('opening', () => {
  let world: World
  let controller: Controller

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha', 'bravo', 'delta'] })
    await world.namespace('payments')
    await world.namespace('demo')
    controller = await world.startController()
  })
  afterAll(() => world?.stop())

  async function apply({ sealed }: SealedVector): Promise<StoredObject> {
    // Some are as `kubectl get` prints them; the API server refuses to create with these set.
    const { namespace = 'default' } = sealed.metadata
    return world.create({
      ...sealed,
      metadata: { ...sealed.metadata, namespace, resourceVersion: undefined, uid: undefined },
    })
  }

  async function remove({ namespace, name }: Meta): Promise<void> {
    for (const kind of ['SealedSecret', 'Secret']) {
      const object = await world.find(kind, namespace, name)
      if (object?.metadata.finalizers) await world.patch(kind, namespace, name, { metadata: { finalizers: null } })
      if (object !== undefined) await world.delete(kind, namespace, name)
      if (kind === 'SealedSecret') await forgotten(name)
    }
  }

  /** Until the controller knows that a SealedSecret is gone, it makes a deleted Secret of it again. */
  async function forgotten(name: string): Promise<void> {
    await world.eventually(`the controller forgets ${name}`, async () => {
      return (await controller.metric('sealed_secrets_controller_condition_info', `name="${name}"`)) === 0
    })
  }

  /** Applies one vector, compares the Secret, and removes both again. */
  async function opens(vector: SealedVector): Promise<[object, object]> {
    const { metadata } = await apply(vector)
    try {
      await world.condition(metadata.namespace, metadata.name, 'True')
      const opened = await world.awaitSecret(metadata.namespace, metadata.name)
      const expected = { ...vector.secret, metadata: { ...vector.secret.metadata, namespace: metadata.namespace } }
      return [comparable(opened, metadata.uid), comparable(expected, metadata.uid)]
    } finally {
      await remove(metadata)
    }
  }

  test.for(sealedByKubeseal().filter(({ name }) => name !== NO_SECRET))('kubeseal: $name', async (vector) => {
    const [opened, expected] = await opens(vector)
    expect(opened).toEqual(expected)
  })

  const shapes = openedByKubeseal('open-shape').filter(({ name }) => !OFFLINE_ONLY.includes(name))
  test.for(shapes)('by hand: $name', async (vector) => {
    const [opened, expected] = await opens(vector)
    expect(opened).toEqual(expected)
  })

  const templates = openedByKubeseal('open-template').filter(({ name }) => name !== 'null template value')
  test.for(templates)('templates: $name', async (vector) => {
    const [opened, expected] = await opens(vector)
    expect(opened).toEqual(expected)
  })

  test.for(deprecatedByKubeseal())('deprecated spec.data: $name', async (vector) => {
    const [opened, expected] = await opens(vector)
    expect(opened).toEqual(expected)
  })

  test('a Secret that the API server refuses: the status says why', async () => {
    const vector = sealedByKubeseal().find(({ name }) => name === NO_SECRET)
    if (vector === undefined) throw new Error(`no vector is called ${NO_SECRET}`)
    const { metadata } = await apply(vector)
    const { message } = await world.condition(metadata.namespace, metadata.name, 'False')
    expect(message).toContain('data[..dotted]')
    await world.event(metadata.namespace, metadata.name, 'ErrUpdateFailed', message ?? '')
    await remove(metadata)
  })

  test('waxseal: every scope', async () => {
    const value = world.marker('scope')
    for (const scope of ['strict', 'namespace-wide', 'cluster-wide']) {
      const sealed = await world.sealOne(controller, plainSecret('demo', scope, { value }), ['--scope', scope])
      const moved = scope === 'strict' ? scope : `${scope}-moved`
      await world.create({ ...sealed, metadata: { ...sealed.metadata, name: moved } })
      expect(decoded(await world.awaitSecret('demo', moved))).toEqual({ value })
    }
  })

  test('changed, renamed and removed items follow', async () => {
    const before = {
      changed: world.marker('before'),
      renamed: world.marker('renamed'),
      removed: world.marker('removed'),
    }
    const after = { changed: world.marker('after'), 'new-name': before.renamed }
    const first = await world.sealOne(controller, plainSecret('demo', 'follow', before, { type: 'example.com/kind' }))
    const second = await world.sealOne(controller, plainSecret('demo', 'follow', after, { type: 'example.com/kind' }))
    await world.create(first)
    const opened = await world.awaitSecret('demo', 'follow')
    expect(decoded(opened)).toEqual(before)
    await world.put(second)
    const updated = await world.awaitSecret('demo', 'follow', (secret) => decoded(secret).changed !== before.changed)
    expect(decoded(updated)).toEqual(after)
    expect(updated.metadata.uid).toBe(opened.metadata.uid)
    expect((await world.condition('demo', 'follow', 'True')).lastUpdateTime).toMatch(/^\d{4}-.*Z$/)
  })

  test('a deleted Secret is made again, a changed one is put right', async () => {
    const value = world.marker('remade')
    await world.create(await world.sealOne(controller, plainSecret('demo', 'remade', { value })))
    const first = await world.awaitSecret('demo', 'remade')
    await world.delete('Secret', 'demo', 'remade')
    const second = await world.awaitSecret('demo', 'remade', ({ metadata }) => metadata.uid !== first.metadata.uid)
    expect(decoded(second)).toEqual({ value })
    await world.patch('Secret', 'demo', 'remade', { data: { value: 'b3RoZXI=', more: 'bW9yZQ==' } })
    const right = await world.awaitSecret('demo', 'remade', (secret) => decoded(secret).value === value)
    expect(decoded(right)).toEqual({ value })
    expect(right.metadata.uid).toBe(second.metadata.uid)
  })

  test('the event and the columns tell of it', async () => {
    await world.create(await world.sealOne(controller, plainSecret('demo', 'told', { value: world.marker('told') })))
    const event = await world.event('demo', 'told', 'Unsealed', 'SealedSecret unsealed successfully')
    const object = await world.sealedSecret('demo', 'told')
    expect(event).toMatchObject({ type: 'Normal', source: { component: 'sealed-secrets' } })
    expect(event.involvedObject).toMatchObject({ kind: 'SealedSecret', uid: object?.metadata.uid })
    await world.condition('demo', 'told', 'True')
    const [head, line] = (await world.plane.kubectl(['get', 'sealedsecrets', '-n', 'demo', 'told'])).split('\n')
    expect(head).toMatch(/^NAME +STATUS +SYNCED +AGE *$/)
    expect(line).toMatch(/^told +True +\d+s$/)
    expect(await controller.metric('sealed_secrets_controller_condition_info', 'name="told"')).toBe(1)
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
