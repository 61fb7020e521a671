/** Every value of the chart does something, and what it does is this. */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { bin, NODE } from '../../e2e/helpers/controller.ts'
import { describeWithTools } from '../../tools/describe.ts'
import { runTool } from '../../tools/tools.ts'
import { CASES } from './cases.ts'
import { type KubeObject, render, type Settings } from './render.ts'
import { at, chart, values } from './values.ts'

const find = (objects: readonly KubeObject[], name: string): KubeObject | undefined =>
  objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === name)

/** As `at`, with `\.` for a point within a key. */
const look = (object: unknown, where: string): unknown => {
  const keys = where.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'))
  return keys.reduce<unknown>((node, key) => {
    return typeof node === 'object' && node !== null
      ? new Map<string, unknown>(Object.entries(node)).get(key)
      : undefined
  }, object)
}

/** Renderings without the value in question are few. */
const rendered = new Map<string, KubeObject[]>()
function renderedOnce(settings: Settings): KubeObject[] {
  const key = JSON.stringify(settings)
  const objects = rendered.get(key) ?? render(settings)
  rendered.set(key, objects)
  return objects
}

describeWithTools(['helm'], 'helm template', () => {
  test('each value is tried', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(
      values()
        .map(({ path }) => path)
        .toSorted(),
    )
  })

  test.each(Object.entries(CASES))('%s', (path, { value, with: others = {}, object = '', where = 'kind', shows }) => {
    const shown = (objects: readonly KubeObject[]): unknown => look(find(objects, object), where)
    const wanted = where === 'kind' && shows === undefined && value !== false ? object.split('/')[0] : shows
    expect(shown(render({ ...others, [path]: value }))).toEqual(wanted)
    // What shows without setting it would prove nothing.
    expect(shown(renderedOnce(others))).not.toEqual(wanted)
  })

  test('the whole set with Bitnami’s example of a namespaced installation has no cluster-wide object', () => {
    const settings = { 'rbac.clusterRole': false, 'crds.install': false, additionalNamespaces: ['team-a'] }
    const kinds = new Set(render(settings).map(({ kind, metadata }) => `${kind} ${metadata.namespace}`))
    expect(kinds).toContain('Role team-a')
    expect([...kinds].filter((kind) => kind.startsWith('Cluster') || kind.endsWith('undefined'))).toEqual([])
  })

  test.each([
    [{ keyrenewperiodd: '1h' }, /additional properties 'keyrenewperiodd' not allowed/],
    [{ 'image.pullPolicy': 'Sometimes' }, /at '\/image\/pullPolicy': value must be one of/],
    [{ 'image.digest': 'latest' }, /at '\/image\/digest'/],
    [{ replicas: 2, 'leaderElection.enabled': false }, /leaderElection\.enabled is false/],
    [{ replicas: '2' }, /at '\/replicas': got string, want integer/],
    [{ additionalNamespaces: ['a'] }, /additionalNamespaces needs rbac\.clusterRole=false/],
  ])('%o is refused', (settings, message) => {
    expect(() => render(settings)).toThrow(message)
  })

  test('every flag of the controller has a value, but those that make no sense in a chart', () => {
    const { stdout } = spawnSync(NODE, [bin('waxseal-controller'), '--help'], { encoding: 'utf8' })
    const flags = [...stdout.matchAll(/^ {2}(--[a-z0-9-]+) /gm)].map(([, name = '']) => name)
    const rendered = Object.values(CASES).flatMap(({ shows }) => JSON.stringify(shows)?.match(/--[a-z0-9-]+/g) ?? [])
    const leftOut = [
      ...['--directory', '--once', '--kubeconfig'],
      // Where the Pod is.
      '--namespace',
      // Follows the name.
      '--leader-elect-resource-name',
      // Deprecated by Bitnami; the latter needs the right to delete Secrets.
      ...['--rotate-period', '--old-gc-behavior'],
    ]
    expect(rendered).toContain('--version')
    expect([...new Set([...rendered, ...leftOut])].toSorted()).toEqual(flags.toSorted())
  })

  test('the network policy lets in probes, clients and scrapes, on the ports that the Pod has; out, DNS and the API server', () => {
    const ports = { 'containerPorts.http': 9000, 'containerPorts.metrics': 9001 }
    const objects = render({ ...ports, 'networkPolicy.enabled': true, 'networkPolicy.egress.enabled': true })
    const policy = find(objects, 'NetworkPolicy/sealed-secrets-controller')
    const deployment = find(objects, 'Deployment/sealed-secrets-controller')
    const labels = look(deployment, 'spec.template.metadata.labels')
    expect(labels).toMatchObject(Object(look(policy, 'spec.podSelector.matchLabels')))
    expect([look(policy, 'spec.ingress.0.ports.0.port'), look(policy, 'spec.ingress.1.ports.0.port')]).toEqual(
      ['0', '1'].map((index) => look(deployment, `spec.template.spec.containers.0.ports.${index}.containerPort`)),
    )
    const out = ['0.ports.0', '0.ports.1', '1.ports.0', '1.ports.1'].map((path) => look(policy, `spec.egress.${path}`))
    expect(out).toEqual([
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
      { port: 443, protocol: 'TCP' },
      { port: 6443, protocol: 'TCP' },
    ])
  })

  test('passes helm lint', () => {
    expect(runTool('helm', ['lint', '--strict', '--quiet', chart])).toMatchObject({ status: 0 })
  })

  test('says at the end where the certificate and the keys are', () => {
    const { stdout } = runTool('helm', ['install', 'x', chart, '-n', 'seal', '--dry-run=client'])
    expect(stdout).toContain('waxseal cert --controller-namespace seal > cert.pem')
  })
})

test('at() finds nothing where there is nothing', () => {
  expect(at({ a: { b: 1 } }, 'a.c.d')).toBe(undefined)
})
