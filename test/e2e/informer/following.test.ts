/** The caches follow a real API server through everything that happens to it and to the line. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../packages/controller/src/clock.ts'
import { StoreError } from '../../../packages/controller/src/ports.ts'
import { Credentials } from '../../../packages/controller/src/stores/kubernetes/credentials.ts'
import { loadKubeconfig } from '../../../packages/controller/src/stores/kubernetes/kubeconfig.ts'
import { DEFAULT_TIMING, type InformerTiming } from '../../../packages/controller/src/stores/kubernetes/resource.ts'
import { KubernetesStore } from '../../../packages/controller/src/stores/kubernetes/store.ts'
import { Transport } from '../../../packages/controller/src/stores/kubernetes/transport.ts'
import { memoryLog } from '../../../packages/controller/test/stores/kubernetes/log.ts'
import { type ControlPlane, startControlPlane } from '../../kube/control-plane.ts'
import { describeWithControlPlane } from '../../kube/describe.ts'
import { answerOf } from '../../kube/json.ts'
import { eventually } from '../../kube/poll.ts'
import { sealedPath, secretsPath } from './kube-world.ts'
import { Line } from './line.ts'

const AUDIT_POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, Panic]
rules:
  - level: Metadata
    verbs: [list, watch]
    resources: [{group: bitnami.com, resources: [sealedsecrets]}, {group: "", resources: [secrets]}]
`
const NAMESPACE = 'default'
const USER_AGENT = 'waxseal-controller/informer-test'

const sealed = (name: string, value = 'YQ=='): object => ({
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name, namespace: NAMESPACE },
  spec: { encryptedData: { a: value } },
})

describeWithControlPlane('the informer', () => {
  let plane: ControlPlane
  let line: Line
  let store: KubernetesStore
  let stop: AbortController
  let told: string[]
  let logged: number
  let lines: ReturnType<typeof memoryLog>['lines']

  const create = (name: string): Promise<object> =>
    plane.api.object(sealedPath(NAMESPACE), { method: 'POST', body: sealed(name) })
  const remove = (name: string): Promise<object> =>
    plane.api.object(`${sealedPath(NAMESPACE)}/${name}`, { method: 'DELETE' })
  const names = (): string[] => [...store.sealedSecretKeys()].map((key) => key.slice(NAMESPACE.length + 1)).toSorted()
  const shows = (...expected: string[]): Promise<true> =>
    eventually(
      `the cache holds ${expected.join(', ')}`,
      () => JSON.stringify(names()) === JSON.stringify(expected) && true,
    )

  /** Queries of this test's requests so far. */
  const asked = (verb: 'list' | 'watch', resource = 'sealedsecrets'): URLSearchParams[] =>
    readFileSync(plane.auditLog, 'utf8')
      .slice(logged)
      .split('\n')
      .filter((entry) => entry.endsWith('}'))
      .map((entry) => answerOf<{ verb: string; stage: string; userAgent: string; requestURI: string }>(entry))
      .filter((entry) => entry.userAgent === USER_AGENT && entry.verb === verb)
      .filter(({ stage }) => stage === (verb === 'list' ? 'ResponseComplete' : 'ResponseStarted'))
      .map(({ requestURI }) => new URL(requestURI, plane.server))
      .filter(({ pathname }) => pathname.endsWith(`/${resource}`))
      .map(({ searchParams }) => searchParams)

  async function follow(timing: Partial<InformerTiming> = {}): Promise<void> {
    const memory = memoryLog()
    lines = memory.lines
    const credentials = new Credentials(await loadKubeconfig(line.kubeconfig))
    store = new KubernetesStore({
      transport: new Transport({ credentials, connections: 35, userAgent: USER_AGENT }),
      ...{ controllerNamespace: 'kube-system', namespaces: 'all', log: memory.log },
      ...{ clock: systemClock, timing: { ...DEFAULT_TIMING, ...timing }, random: Math.random },
    })
    const handlers = {
      sealedSecretChanged: (key: string) => void told.push(key),
      secretChanged: () => undefined,
      keysChanged: () => undefined,
    }
    await store.start(handlers, stop.signal)
  }

  beforeAll(async () => {
    plane = await startControlPlane({
      auditPolicy: AUDIT_POLICY,
      // The API server has etcd forget old versions all the time.
      extraArgs: ['--etcd-compaction-interval', '1s'],
    })
    await plane.kubectl(['apply', '-f', fileURLToPath(new URL('../../../deploy/crd.yaml', import.meta.url))])
    await eventually('SealedSecrets are served', () => plane.api.object(sealedPath(NAMESPACE)))
  })
  afterAll(() => plane?.stop())
  beforeEach(async () => {
    line = await Line.lay(plane)
    stop = new AbortController()
    told = []
    logged = readFileSync(plane.auditLog, 'utf8').length
  })
  afterEach(async () => {
    stop.abort()
    await store.close()
    await line.close()
    await plane.api.object(sealedPath(NAMESPACE), { method: 'DELETE' })
  })

  test('sees what comes, changes and goes', async () => {
    await create('a')
    await follow()
    await shows('a')
    await create('b')
    await shows('a', 'b')
    await remove('a')
    await shows('b')
    expect(new Set(told)).toEqual(new Set(['default/a', 'default/b']))
    expect(lines).toEqual([])
  })

  test('lists more than a page', async () => {
    const many = Array.from({ length: 1200 }, (_, i) => `n${String(i).padStart(4, '0')}`)
    let next = 0
    const worker = async (): Promise<void> => {
      for (let name = many[next++]; name !== undefined; name = many[next++]) await create(name)
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    await follow()
    expect(names()).toEqual(many)
    expect(told.length).toBe(1200)
    const pages = await eventually('the pages are in the audit log', () => {
      const limits = asked('list').filter((query) => query.has('continue'))
      return limits.length >= 2 && limits.map((query) => query.get('limit'))
    })
    expect(pages).toEqual(['500', '500'])
  })

  test('resumes after the API server was killed and started again', async () => {
    await create('a')
    await follow()
    await plane.stopApiServer()
    const ref = { namespace: NAMESPACE, name: 'a' }
    const failed = await store.readSecret(ref).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(StoreError)
    expect(failed).toMatchObject({ code: 'unavailable' })
    expect(store.sealedSecret(ref)).toBeDefined()
    expect(store.synced).toBe(true)
    await sleep(2000)
    await plane.startApiServer()
    await create('b')
    await remove('a')
    await shows('b')
    expect(await store.readSecret(ref)).toBeUndefined()
    expect(lines.filter(({ level }) => level === 'warn').length).toBeLessThanOrEqual(3)
  })

  test('finds out what went while it was away and etcd forgot about it', async () => {
    await create('a')
    await create('b')
    await follow()
    told.length = 0
    line.cut()
    await remove('a')
    await create('c')
    await sleep(3000)
    // A new API server knows only what etcd still has: the old version is expired for it.
    await plane.stopApiServer()
    await plane.startApiServer()
    line.restore()
    await shows('b', 'c')
    expect(new Set(told)).toEqual(new Set(['default/a', 'default/c']))
    const said = lines.map(({ fields }) => fields?.error).filter((error) => error instanceof Error)
    expect(said.some(({ message }) => /too old resource version|compacted/.test(message))).toBe(true)
    await create('d')
    await shows('b', 'c', 'd')
  })

  test('follows on after a cut, without listing again', async () => {
    await create('a')
    await follow()
    const lists = asked('list').length
    line.cut()
    await create('b')
    line.restore()
    await shows('a', 'b')
    expect(asked('list').length).toBe(lists)
  })

  test('notices that the line is dead though connected', async () => {
    await create('a')
    await follow({ idleMs: 2000, headersMs: 2000 })
    line.silence()
    await create('b')
    await sleep(500)
    expect(names()).toEqual(['a'])
    line.restore()
    await shows('a', 'b')
  })

  test('gets bookmarks, so that a quiet watch does not grow old', async () => {
    await follow({ watchMinMs: 4000, watchMaxMs: 4000 })
    // A Secret without the label: the watch of key Secrets cannot see it.
    const { metadata } = await plane.api.object<{ metadata: { resourceVersion: string } }>(secretsPath('kube-system'), {
      method: 'POST',
      body: { metadata: { generateName: 'other-' } },
    })
    const keys = (verb: 'list' | 'watch'): URLSearchParams[] =>
      asked(verb, 'secrets').filter((query) => query.has('labelSelector'))
    await eventually('a watch begins at a version that only a bookmark can have told', () =>
      keys('watch').some((query) => Number(query.get('resourceVersion')) >= Number(metadata.resourceVersion)),
    )
    expect(keys('list').length).toBe(1)
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([])
  })

  test('keeps few connections', async () => {
    await follow()
    for (let i = 0; i < 50; i++) await store.readSecret({ namespace: NAMESPACE, name: 'none' })
    expect(line.connections).toBeLessThan(3 + 4)
  })
})
