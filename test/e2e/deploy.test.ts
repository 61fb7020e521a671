/** The manifests of deploy/, judged by a real API server. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type ControlPlane, startControlPlane } from '../kube/control-plane.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answer, answerOf } from '../kube/json.ts'
import { eventually } from '../kube/poll.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bitnami = fileURLToPath(new URL('./fixtures/bitnami.yaml', import.meta.url))
const strict = ['--validate=strict']

interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion?: string }
  readonly spec?: object
}

interface Kept extends KubeObject {
  readonly status: object
}

const collection = (namespace: string): string => `/apis/bitnami.com/v1alpha1/namespaces/${namespace}/sealedsecrets`
const sealed = (name: string, spec: object = {}): object => ({
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name, namespace: 'default' },
  spec: { encryptedData: { a: 'YQ==' }, ...spec },
})

/** Every SealedSecret among the vectors, as text of one or more documents. */
function vectorTexts(): { name: string; text: string }[] {
  const read = <T>(file: string): T[] =>
    answerOf(readFileSync(new URL(`../vectors/sealedsecret/${file}`, import.meta.url), 'utf8'))
  const made = read<{ name: string; sealed?: { text: string } }>('seal.json')
  const written = ['open-shape.json', 'open-spec-data.json', 'open-template.json'].flatMap((file) =>
    read<{ name: string; sealedSecret: string }>(file),
  )
  return [
    ...made.flatMap(({ name, sealed }) => (sealed === undefined ? [] : [{ name: `seal: ${name}`, text: sealed.text }])),
    ...written.map(({ name, sealedSecret }) => ({ name: `open: ${name}`, text: sealedSecret })),
  ]
}

const isSealedSecret = (value: unknown): value is KubeObject =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'SealedSecret' && 'metadata' in value

function vectorObjects(): { name: string; object: KubeObject }[] {
  return vectorTexts().flatMap(({ name, text }) =>
    parseAllDocuments(text)
      .map((document) => answer<unknown>(document.toJS()))
      .filter(isSealedSecret)
      .map((object) => ({ name, object: { ...object, metadata: { ...object.metadata, name: 'probe' } } })),
  )
}

/** What the API server would store of each that it accepts. */
async function storedSpecs(plane: ControlPlane): Promise<Record<string, string>> {
  const specs: Record<string, string> = {}
  for (const [index, { name, object }] of vectorObjects().entries()) {
    const body = { ...object, metadata: { ...object.metadata, namespace: 'default' } }
    const made = await plane.api.request(`${collection('default')}?dryRun=All`, { method: 'POST', body })
    if (made.status === 201) specs[`${index} ${name}`] = JSON.stringify(answer<KubeObject>(made.body).spec)
  }
  return specs
}

/** Waits until the definition is in force: only ours keeps `observedDigest`. */
const definitionInForce = (plane: ControlPlane, whose: 'ours' | 'theirs'): Promise<boolean> =>
  eventually('the definition is in force', async () => {
    const path = `${collection('default')}/kept`
    const object = await plane.api.object<KubeObject>(path)
    const body = { ...object, status: { observedDigest: 'ab' } }
    const { status } = await plane.api.object<{ status: object }>(`${path}/status?dryRun=All`, { method: 'PUT', body })
    return 'observedDigest' in status === (whose === 'ours')
  })

describeWithControlPlane('kubectl apply -k deploy', () => {
  let plane: ControlPlane

  beforeAll(async () => {
    plane = await startControlPlane()
  })
  afterAll(() => plane?.stop())

  test('is accepted over an installation of Bitnami’s, and stored objects stay', async () => {
    await plane.kubectl(['apply', '-f', bitnami, ...strict])
    const made = await eventually('SealedSecrets are served', () =>
      plane.api.object<KubeObject>(collection('default'), { method: 'POST', body: sealed('kept') }),
    )
    await definitionInForce(plane, 'theirs')
    const before = await storedSpecs(plane)
    const conditions = [{ type: 'Synced', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z' }]
    const body = { ...made, status: { observedGeneration: 1, conditions } }
    const kept = await plane.api.object<Kept>(`${collection('default')}/kept/status`, { method: 'PUT', body })

    await plane.kubectl(['apply', '-k', `${root}/deploy`, ...strict])
    await definitionInForce(plane, 'ours')
    const now = await plane.api.object<Kept>(`${collection('default')}/kept`)
    expect(now.metadata.resourceVersion).toBe(kept.metadata.resourceVersion)
    expect([now.spec, now.status]).toEqual([kept.spec, kept.status])
    expect(Object.keys(before).length).toBeGreaterThan(90)
    expect(await storedSpecs(plane)).toMatchObject(before)
  })

  test('leaves nothing to do the second time', async () => {
    const lines = (await plane.kubectl(['apply', '-k', `${root}/deploy`, ...strict])).trim().split('\n')
    expect(lines.length).toBe(13)
    expect(lines.filter((line) => !line.endsWith(' unchanged'))).toEqual([])
  })

  test('keeps our status fields and prints the columns', async () => {
    const object = await plane.api.object<KubeObject>(collection('default'), {
      method: 'POST',
      body: sealed('columns'),
    })
    const status = {
      observedGeneration: 1,
      observedDigest: 'ab',
      secret: { uid: 'u', version: '7' },
      sealedWith: ['f1', 'f2'],
      conditions: [{ type: 'Synced', status: 'False', message: 'no key could decrypt secret (a)' }],
    }
    const path = `${collection('default')}/columns/status`
    expect(await plane.api.object(path, { method: 'PUT', body: { ...object, status } })).toMatchObject({ status })
    const [head, line] = (await plane.kubectl(['get', 'sealedsecrets', 'columns'])).split('\n')
    expect(head?.split(/\s{2,}/)).toEqual(['NAME', 'STATUS', 'SYNCED', 'AGE'])
    expect(line).toMatch(/^columns\s+no key could decrypt secret \(a\)\s+False\s+\d+s$/)
  })

  test('makes a pod that the restricted Pod Security Standard admits', async () => {
    await plane.kubectl(['create', 'namespace', 'restricted'])
    await plane.kubectl(['label', 'namespace', 'restricted', 'pod-security.kubernetes.io/enforce=restricted'])
    await plane.kubectl(['create', 'serviceaccount', 'sealed-secrets-controller', '-n', 'restricted'])
    const deployment = answerOf<{ spec: { template: { spec: object } } }>(
      await plane.kubectl(['get', 'deployment', 'sealed-secrets-controller', '-n', 'kube-system', '-o', 'json']),
    )
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'controller', namespace: 'restricted' } }
    const text = JSON.stringify({ ...pod, spec: deployment.spec.template.spec })
    expect(await plane.kubectl(['create', '--dry-run=server', '-f', '-', ...strict], text)).toContain('created')
  })

  test('lets any account reach the one Service, and no other', async () => {
    const can = async (verb: string, name: string, subresource = ''): Promise<boolean> => {
      const resourceAttributes = {
        namespace: 'kube-system',
        verb,
        version: 'v1',
        resource: 'services',
        subresource,
        name,
      }
      const body = { spec: { user: 'jane', groups: ['system:authenticated'], resourceAttributes } }
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
      const review = await plane.api.object<{ status: { allowed: boolean } }>(path, { method: 'POST', body })
      return review.status.allowed
    }
    const service = 'sealed-secrets-controller'
    const asked = [`http:${service}:`, `http:${service}:http`, service]
    const others = [
      `http:${service}:8081`,
      `https:${service}:http`,
      `http:${service}-metrics:metrics`,
      `${service}-metrics`,
    ]
    const reachable: string[] = []
    for (const name of [...asked, ...others]) {
      if ((await can('get', name, 'proxy')) && (await can('create', name, 'proxy'))) reachable.push(name)
    }
    expect(reachable).toEqual(asked)
    expect(await can('get', service)).toBe(true)
    expect(await can('delete', service, 'proxy')).toBe(false)
    expect(await can('list', '')).toBe(false)
  })
})

describeWithControlPlane('kubectl apply -k deploy/namespaced', () => {
  test('is accepted and has nothing cluster-wide', async () => {
    const plane = await startControlPlane()
    try {
      await plane.kubectl(['apply', '-f', `${root}/deploy/crd.yaml`, ...strict])
      for (const [namespace, folder] of [
        ['sealed-secrets', 'namespaced'],
        ['team-a', 'namespaced/additional'],
      ] as const) {
        await plane.kubectl(['create', 'namespace', namespace])
        await plane.kubectl(['apply', '-k', `${root}/deploy/${folder}`, ...strict])
        const all = parseAllDocuments(await plane.kubectl(['kustomize', `${root}/deploy/${folder}`]))
        const namespaces = all.map((document) => answer<KubeObject>(document.toJS()).metadata.namespace)
        expect(new Set(namespaces)).toEqual(new Set([namespace]))
      }
    } finally {
      await plane.stop()
    }
  })
})
