/** Which objects of a cluster are left alone: by the marks of tools that no test has at hand. */
import { expect, test } from 'vitest'
import type { Api } from '../../src/cluster/service.ts'
import { resealObjects } from '../../src/keys/rotate/objects.ts'
import type { Engine } from '../../src/reseal/engine.ts'

const NEW = 'f'.repeat(64)

interface Stored {
  metadata: { name: string; namespace: string; resourceVersion: string; [field: string]: unknown }
  spec: { encryptedData: Record<string, string> }
  [field: string]: unknown
}

const stored = (name: string, values: Record<string, string>, metadata: object = {}): Stored => ({
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name, namespace: 'shop', resourceVersion: '1', ...metadata },
  spec: { encryptedData: values },
})

function apiWith(objects: readonly Stored[]): Api {
  const find = (path: string): Stored | undefined => objects.find(({ metadata }) => path.endsWith(`/${metadata.name}`))
  const answer = (status: number, body: unknown) => Promise.resolve({ status, headers: {}, body: JSON.stringify(body) })
  const unused = () => Promise.reject(new Error('not asked here'))
  return {
    server: 'https://example.com',
    get: (path) => (path.includes('?limit=') ? answer(200, { items: objects, metadata: {} }) : answer(200, find(path))),
    patch: (path, body) => {
      const object = find(path)
      if (object === undefined) return answer(404, {})
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what resealObjects has just written
      const { spec } = JSON.parse(body) as Stored
      Object.assign(object.spec.encryptedData, spec.encryptedData)
      return answer(200, object)
    },
    post: unused,
    remove: unused,
    close: () => Promise.resolve(),
  }
}

/** Marks what it sealed. */
const engine: Engine = {
  fingerprint: NEW,
  inFlight: 1,
  reseal: ({ spec }) => {
    const sealed = Object.entries(spec.encryptedData).map(([key, value]) => [key, `${value}New`] as const)
    return Promise.resolve({ encryptedData: Object.fromEntries(sealed), believed: false })
  },
}

test('what a tool, an owner or a file would put back is left, and named', async () => {
  const objects = [
    stored('argo', { a: 'old' }, { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }),
    stored('flux', { a: 'old' }, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } }),
    stored('helm', { a: 'old' }, { annotations: { 'meta.helm.sh/release-name': 'x' } }),
    stored('applied', { a: 'old' }, { managedFields: [{ manager: 'ci', operation: 'Apply' }] }),
    stored('owned', { a: 'old' }, { ownerReferences: [{ kind: 'Thing' }] }),
    stored('file', { a: 'old' }),
    stored('status', { a: 'old' }, { managedFields: [{ manager: 'c', operation: 'Apply', subresource: 'status' }] }),
  ]
  const run = await resealObjects(apiWith(objects), engine, (title) => title === 'shop/file')
  expect(run).toMatchObject({ resealed: 1, failed: [] })
  expect(run.left.map((each) => each.split(':')[0])).toEqual(
    ['argo', 'flux', 'helm', 'applied', 'owned', 'file'].map((name) => `shop/${name}`),
  )
  const changed = objects.filter(({ spec }) => spec.encryptedData.a !== 'old').map(({ metadata }) => metadata.name)
  expect(changed).toEqual(['status'])
})
