/** What Argo CD and Flux are told fits the chart, and the example repository works. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decoded } from '../../e2e/helpers/objects.ts'
import { startWorld, type World } from '../../e2e/helpers/world.ts'
import { answer } from '../../kube/json.ts'
import { describeWithTools, describeWithToolsInCluster } from '../../tools/describe.ts'
import { type KubeObject, objectsOf, render } from '../chart/render.ts'
import { at, values } from '../chart/values.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const object = (path: string): KubeObject => {
  const [first] = objectsOf(readFileSync(`${root}${path}`, 'utf8'))
  if (first === undefined) throw new Error(`${path} is empty`)
  return first
}

/** Nested values as `--set` paths, as far as the chart knows them. */
function settings(tree: unknown): Record<string, unknown> {
  const paths = values().map(({ path }) => path)
  return Object.fromEntries(paths.flatMap((path) => (at(tree, path) === undefined ? [] : [[path, at(tree, path)]])))
}

const count = (tree: unknown): number =>
  typeof tree === 'object' && tree !== null
    ? Object.values(tree).reduce((sum: number, node) => sum + count(node), 0)
    : 1

describeWithTools(['helm'], 'Argo CD and Flux', () => {
  const application = object('deploy/argocd/application.yaml')
  const project = object('deploy/argocd/project.yaml')

  test('the project allows exactly what the Application may install, from there to there', () => {
    const tree = at(application, 'spec.source.helm.valuesObject')
    expect(Object.keys(settings(tree)).length).toBe(count(tree))
    const all = {
      'networkPolicy.enabled': true,
      'metrics.serviceMonitor.enabled': true,
      'metrics.dashboards.create': true,
    }
    const rendered = render({ ...settings(tree), ...all })
    const kinds = (cluster: boolean) =>
      new Set(
        rendered
          .filter(({ metadata }) => (metadata.namespace === undefined) === cluster)
          .map(({ apiVersion, kind }) => `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''} ${kind}`),
      )
    const allowed = (path: string) =>
      new Set(answer<{ group: string; kind: string }[]>(at(project, path)).map(({ group, kind }) => `${group} ${kind}`))
    expect(allowed('spec.clusterResourceWhitelist')).toEqual(kinds(true))
    expect(allowed('spec.namespaceResourceWhitelist')).toEqual(kinds(false))
    expect(at(project, 'spec.sourceRepos')).toContain(at(application, 'spec.source.repoURL'))
    expect(at(project, 'spec.destinations.0')).toEqual(at(application, 'spec.destination'))
    expect(at(application, 'spec.project')).toBe(project.metadata.name)
  })

  test('versions are those of this release, and Flux’s values are the chart’s', () => {
    const { version } = answer<{ version: string }>(object('deploy/helm/waxseal/Chart.yaml'))
    expect(at(application, 'spec.source.targetRevision')).toBe(`v${version}`)
    expect(at(object('deploy/flux/source.yaml'), 'spec.ref.tag')).toBe(`v${version}`)
    const tree = at(object('deploy/flux/helm-release.yaml'), 'spec.values')
    expect(Object.keys(settings(tree)).length).toBe(count(tree))
    expect(render(settings(tree)).map(({ kind }) => kind)).toContain('PodDisruptionBudget')
  })
})

describeWithToolsInCluster([], 'examples/gitops', () => {
  let world: World

  beforeAll(async () => {
    // The certificate of the example is that of this key.
    world = await startWorld({ keys: ['alpha'] })
    await world.startController()
  })
  afterAll(() => world?.stop())

  test('is applied in the order of its waves, and its SealedSecret opens', async () => {
    const objects = objectsOf(await world.plane.kubectl(['kustomize', `${root}examples/gitops/apps`]))
    const wave = ({ metadata }: KubeObject): number =>
      Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0)
    const ordered = objects.toSorted((a, b) => wave(a) - wave(b))
    expect(ordered.map(({ kind }) => kind)).toEqual(['Namespace', 'SealedSecret', 'Deployment'])
    for (const one of ordered) await world.plane.kubectl(['apply', '-f', '-', '--validate=strict'], JSON.stringify(one))
    expect(decoded(await world.awaitSecret('shop', 'db'))).toEqual({ password: 'correct horse battery staple' })
    expect((await world.awaitSecret('shop', 'db')).metadata.name).toBe(
      at(ordered[2], 'spec.template.spec.containers.0.envFrom.0.secretRef.name'),
    )
  })

  test('passes waxseal check against its certificate', async () => {
    const folder = `${root}examples/gitops`
    const args = ['check', '--cert', `${folder}/clusters/production/cert.pem`, folder]
    expect(await world.cli('waxseal', args)).toMatchObject({ code: 0 })
  })
})
