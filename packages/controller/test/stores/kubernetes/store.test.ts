import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { DEFAULT_TIMING } from '../../../src/stores/kubernetes/resource.ts'
import { KubernetesStore } from '../../../src/stores/kubernetes/store.ts'
import { eventually } from '../../helpers/eventually.ts'
import { event, FakeApi, type FakeRequest, json, list, openWatch } from './fake-api.ts'
import { memoryLog } from './log.ts'

let api: FakeApi
let stop: AbortController
let told: string[]

const sealed = (namespace: string, name: string) => ({
  metadata: { namespace, name, uid: `uid-${name}`, resourceVersion: '5', generation: 1 },
  spec: { encryptedData: { a: 'YQ==' } },
})

async function open(namespaces: 'all' | readonly string[]): Promise<KubernetesStore> {
  const store = new KubernetesStore({
    transport: api.transport({ connections: 40 }),
    ...{ controllerNamespace: 'kube-system', namespaces, log: memoryLog().log },
    ...{ clock: systemClock, timing: DEFAULT_TIMING, random: () => 0.5 },
  })
  const handlers = {
    sealedSecretChanged: (key: string) => void told.push(`sealed ${key}`),
    secretChanged: (key: string) => void told.push(`secret ${key}`),
    keysChanged: () => undefined,
  }
  await store.start(handlers, stop.signal)
  return store
}

/** Heap in use after a garbage collection, in MiB. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
  return process.memoryUsage().heapUsed / 2 ** 20
}

beforeEach(async () => {
  api = await FakeApi.start()
  stop = new AbortController()
  told = []
})
afterEach(async () => {
  stop.abort()
  await api.close()
})

test('follows the given namespaces and no others', async () => {
  api.handler = ({ path, query }: FakeRequest, response) => {
    if (query.has('watch')) return openWatch(response)
    const namespace = path.split('/').at(-2) ?? ''
    return json(response, 200, list(10, path.endsWith('/sealedsecrets') ? [sealed(namespace, 'db')] : []))
  }
  const store = await open(['a', 'b', 'a'])
  expect([...store.sealedSecretKeys()]).toEqual(['a/db', 'b/db'])
  expect(store.sealedSecret({ namespace: 'c', name: 'db' })).toBeUndefined()
  expect(new Set(api.requestsOf('list').map(({ path }) => path))).toEqual(
    new Set([
      '/api/v1/namespaces/kube-system/secrets',
      ...['a', 'b'].flatMap((name) => [
        `/apis/bitnami.com/v1alpha1/namespaces/${name}/sealedsecrets`,
        `/api/v1/namespaces/${name}/secrets`,
      ]),
    ]),
  )
  await store.close()
})

test('an object that is wrong is an entry that says so', async () => {
  const wrong = { metadata: { namespace: 'a', name: 'db', resourceVersion: '5' }, spec: { encryptedData: { a: 1 } } }
  api.handler = ({ path, query }, response) =>
    query.has('watch')
      ? openWatch(response)
      : json(response, 200, list(10, path.endsWith('/sealedsecrets') ? [wrong] : []))
  const store = await open('all')
  const entry = store.sealedSecret({ namespace: 'a', name: 'db' })
  expect(entry).toMatchObject({ sealed: undefined, invalid: 'spec.encryptedData.a: must be text, not a number' })
  expect(Object.isFrozen(entry)).toBe(true)
  await store.close()
})

test('50,000 Secrets of others take no memory, in a list or a watch', async () => {
  const release = (i: number, version: number) => ({
    metadata: {
      namespace: 'a',
      name: `sh.helm.release.v1.app.v${i}`,
      resourceVersion: String(version),
      labels: { owner: 'helm' },
    },
  })
  const last = release(0, 90_000)
  api.handler = async ({ path, query }, response) => {
    const isSecrets = path === '/api/v1/secrets'
    if (query.has('watch')) {
      openWatch(response)
      if (!isSecrets) return
      for (let i = 0; i < 50_000; i += 500) {
        const text = Array.from({ length: 500 }, (_, n) => event('MODIFIED', release(i + n, 100 + i + n))).join('')
        await new Promise((done) => response.write(text, done))
      }
      response.write(
        event('ADDED', {
          metadata: { ...last.metadata, name: 'own', annotations: { 'sealedsecrets.bitnami.com/managed': 'true' } },
        }),
      )
      return
    }
    const from = Number(query.get('continue') ?? 0)
    const items = Array.from({ length: isSecrets ? 500 : 0 }, (_, i) => release(from + i, 5))
    json(response, 200, list(10, items, isSecrets && from < 49_500 ? String(from + 500) : undefined))
  }
  const before = heap()
  const store = await open('all')
  await eventually(() => store.secretMeta({ namespace: 'a', name: 'own' }), 60_000)
  expect(told).toEqual(['secret a/own'])
  expect(store.secretMeta({ namespace: 'a', name: 'sh.helm.release.v1.app.v7' })).toBeUndefined()
  expect(heap() - before).toBeLessThan(8)
  await store.close()
}, 60_000)
