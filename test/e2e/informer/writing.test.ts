/** What the store writes to a real API server, and what it keeps of what others write. */
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SealedSecretEntry, SealedSecretStatus, SecretObject } from '../../../packages/controller/src/state.ts'
import { type ControlPlane, startControlPlane } from '../../kube/control-plane.ts'
import { describeWithControlPlane } from '../../kube/describe.ts'
import { eventually } from '../../kube/poll.ts'
import { type KubeStore, KubeWorld, sealedPath } from './kube-world.ts'

const TIME = '2026-01-02T03:04:05Z'
const synced: SealedSecretStatus = {
  conditions: [{ type: 'Synced', status: 'True', lastTransitionTime: TIME, lastUpdateTime: TIME }],
  observedGeneration: 1,
  observedDigest: 'ab',
  secret: { uid: 'u', version: '7' },
  sealedWith: ['cd'],
}
const failed: SealedSecretStatus = {
  conditions: [{ type: 'Synced', status: 'False', message: 'x', lastTransitionTime: TIME, lastUpdateTime: TIME }],
  observedGeneration: 1,
}
const definition = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describeWithControlPlane('the Kubernetes store', () => {
  let plane: ControlPlane
  let world: KubeWorld
  let store: KubeStore
  let stop: AbortController
  let told: string[]

  const ref = (): { namespace: string; name: string } => ({ namespace: world.namespace, name: 'db' })
  const secret = (name = 'db', more: object = {}): SecretObject => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: world.namespace, name, ...more } },
    ...{ type: 'Opaque', data: { a: 'aHVudGVyMg==' } },
  })
  const seal = async (): Promise<SealedSecretEntry> => {
    const body = {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: ref(),
      spec: { encryptedData: { a: 'YQ==' } },
    }
    await plane.api.object(sealedPath(world.namespace), { method: 'POST', body })
    return eventually('the cache holds it', () => store.sealedSecret(ref()))
  }
  const define = async (file: string, whose: 'ours' | 'theirs'): Promise<void> => {
    await plane.kubectl(['apply', '-f', file])
    await eventually('the definition is in force', async () => {
      const { namespace, name } = ref()
      const { status } = await plane.api.object<{ status: object }>(
        `${sealedPath(namespace)}/${name}/status?dryRun=All`,
        { method: 'PATCH', contentType: 'application/merge-patch+json', body: { status: { observedDigest: 'x' } } },
      )
      return 'observedDigest' in status === (whose === 'ours')
    })
  }
  const start = async (): Promise<void> => {
    store = await world.openStore()
    const handlers = {
      sealedSecretChanged: () => undefined,
      secretChanged: (key: string) => void told.push(key),
      keysChanged: () => undefined,
    }
    await store.start(handlers, stop.signal)
  }

  beforeAll(async () => {
    plane = await startControlPlane()
    await plane.kubectl(['apply', '-f', definition('../../../deploy/crd.yaml')])
    await eventually('SealedSecrets are served', () => plane.api.object(sealedPath('default')))
  })
  afterAll(() => plane?.stop())
  beforeEach(async () => {
    world = await KubeWorld.create(plane)
    stop = new AbortController()
    told = []
    await start()
  })
  afterEach(async () => {
    stop.abort()
    await world.close()
  })

  test('takes back its own status fields and leaves those of others alone', async () => {
    const entry = await seal()
    expect(await store.updateStatus(entry, synced)).toEqual(synced)
    const other = { type: 'Ready', status: 'True' }
    const patched = await plane.api.object<{ metadata: { resourceVersion: string } }>(
      `${sealedPath(world.namespace)}/db/status`,
      {
        method: 'PATCH',
        contentType: 'application/merge-patch+json',
        body: { status: { conditions: [other, ...synced.conditions] } },
      },
    )
    const changed = await eventually('the cache has the condition', () => {
      const now = store.sealedSecret(ref())
      return now?.version === patched.metadata.resourceVersion && now
    })
    await store.updateStatus(changed, failed)
    expect(await world.readStatus(ref())).toEqual({ ...failed, conditions: [...failed.conditions, other] })
  })

  test('works where the definition prunes our status fields', async () => {
    const entry = await seal()
    await define(definition('../fixtures/bitnami.yaml'), 'theirs')
    const { conditions, observedGeneration } = synced
    expect(await store.updateStatus(entry, synced)).toEqual({ conditions, observedGeneration })
    expect(store.sealedSecret(ref())?.status).toEqual({ conditions, observedGeneration })
    await define(definition('../../../deploy/crd.yaml'), 'ours')
  })

  test('tells no change that is its own', async () => {
    await seal()
    const made = await store.createSecret(secret())
    expect(store.secretMeta(ref())?.version).toBe(made.version)
    const changed = await store.updateSecret({ ...secret(), metadata: { ...ref(), resourceVersion: made.version } })
    expect(store.secretMeta(ref())?.version).toBe(changed.version)
    await world.putSecret(secret('db', { labels: { by: 'somebody' } }))
    await eventually('the change of somebody else is told', () => told.length > 0)
    expect(told).toEqual([`${world.namespace}/db`])
  })

  test('keeps nothing of foreign Secrets, until one of them is asked for', async () => {
    await world.putSecret(secret())
    await world.putSecret(secret('managed', { annotations: { 'sealedsecrets.bitnami.com/managed': 'true' } }))
    await eventually('the watch has come so far', () => store.secretMeta({ ...ref(), name: 'managed' }))
    expect(store.secretMeta(ref())).toBeUndefined()
    await seal()
    await expect(store.createSecret(secret())).rejects.toMatchObject({ code: 'exists' })
    const found = await store.readSecret(ref())
    expect(store.secretMeta(ref())?.version).toBe(found?.metadata.resourceVersion)
    told.length = 0
    await world.removeSecret(ref())
    await eventually('the removal is told', () => told.includes(`${world.namespace}/db`))
    expect(store.secretMeta(ref())).toBeUndefined()
  })

  test('never keeps or shows the values of a Secret', async () => {
    const applied = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"aHVudGVyMg=="}}' }
    await seal()
    await store.createSecret(secret('db', { annotations: { ...applied, note: 'x' } }))
    expect(store.secretMeta(ref())?.annotations).toEqual({ note: 'x' })
    const refused = await store.createSecret({ ...secret('e'), type: 'kubernetes.io/tls' }).catch(String)
    expect(refused).toMatch(/data\[tls\.crt\]: Required value/)
    expect(JSON.stringify([refused, world.lines])).not.toMatch(/hunter2|aHVudGVyMg/)
  })

  test('counts an event that repeats', async () => {
    const { uid, version } = await seal()
    const event = {
      type: 'Warning',
      reason: 'ErrUnsealFailed',
      message: 'x',
      regarding: { ...ref(), uid, version },
    } as const
    const path = `/api/v1/namespaces/${world.namespace}/events`
    const counts = async (): Promise<number[]> =>
      (await plane.api.object<{ items: { count: number }[] }>(path)).items.map(({ count }) => count)
    await store.recordEvent(event)
    await eventually('it is written', async () => String(await counts()) === '1')
    await store.recordEvent(event)
    expect(await eventually('it is counted', async () => String(await counts()) === '2')).toBe(true)
  })

  test('says which right is missing', async () => {
    const account = { metadata: { name: 'nobody' } }
    await plane.api
      .object('/api/v1/namespaces/default/serviceaccounts', { method: 'POST', body: account })
      .catch(String)
    const token = (await plane.kubectl(['create', 'token', 'nobody'])).trim()
    const kubeconfig = plane.kubeconfigFor('nobody', { token })
    const poor = await KubeWorld.create(plane, { kubeconfig })
    try {
      const other = await poor.openStore()
      await expect(other.readSecret(ref())).rejects.toMatchObject({
        code: 'denied',
        message: `get secrets ${world.namespace}/db: secrets "db" is forbidden: User "system:serviceaccount:default:nobody" cannot get resource "secrets" in API group "" in the namespace "${world.namespace}"`,
      })
      await expect(other.createSecret(secret())).rejects.toMatchObject({
        code: 'denied',
        message: `create secrets ${world.namespace}/db: User "system:serviceaccount:default:nobody" cannot create resource "secrets" in API group "" in the namespace "${world.namespace}"`,
      })
      const starting = other.start(
        { sealedSecretChanged: () => undefined, secretChanged: () => undefined, keysChanged: () => undefined },
        stop.signal,
      )
      await eventually('it is said in the log', () => poor.lines.some(({ level }) => level === 'warn'))
      expect(other.synced).toBe(false)
      stop.abort()
      await expect(starting).rejects.toThrow(/stopped/)
    } finally {
      await poor.close()
    }
  })

  test('finds a Secret whose namespace is being deleted gone', async () => {
    await seal()
    await plane.api.object(`/api/v1/namespaces/${world.namespace}`, { method: 'DELETE' })
    await expect(store.createSecret(secret())).rejects.toMatchObject({ code: 'not-found' })
  })
})
