/** The admission policies on a real API server: what gets in, what does not, and what is said about it. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../../kube/control-plane.ts'
import { answerOf } from '../../kube/json.ts'
import { eventually } from '../../kube/poll.ts'
import { describeWithToolsInCluster } from '../../tools/describe.ts'
import { objectsOf, renderText } from '../chart/render.ts'
import { PODS, type PodSpec } from './pods.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const CONTROLLER = 'system:serviceaccount:kube-system:sealed-secrets-controller'
const RIGHTS = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'everything' },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
}

const secret = (name: string, more: object = {}): object => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'team' } },
  ...{ data: { password: 'aHVudGVyMg==' }, ...more },
})
const sealed = (annotations: Readonly<Record<string, string>> = {}): object => ({
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name: 'one', namespace: 'team', annotations },
  spec: { encryptedData: { a: 'YQ==' } },
})

describeWithToolsInCluster(['helm'], 'deploy/policies/admission', () => {
  let plane: ControlPlane

  beforeAll(async () => {
    plane = await startControlPlane()
    await plane.kubectl(['apply', '-f', `${root}deploy/crd.yaml`])
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify(RIGHTS))
    const users = ['jane', CONTROLLER].map((user) => `--user=${user}`)
    await plane.kubectl(['create', 'clusterrolebinding', 'everything', '--clusterrole=everything', ...users])
    for (const name of ['team', 'hard']) await plane.kubectl(['create', 'namespace', name])
    for (const name of ['team', 'hard']) await plane.kubectl(['create', 'serviceaccount', 'default', '-n', name])
    await plane.kubectl(['label', 'namespace', 'hard', 'waxseal.dev/hardened=true'])
    await plane.kubectl(['create', '-f', '-'], JSON.stringify(secret('before')))
    const strict = ['--validate=strict', '--warnings-as-errors']
    await plane.kubectl(['apply', '-k', `${root}deploy/policies/admission`, ...strict])
    await eventually('the policies are in force', async () => {
      const outcomes = await Promise.all([
        as('jane', secret('probe')),
        as('jane', sealed({ 'sealedsecrets.bitnami.com/cluster-wide': 'true' })),
        pod(PODS.tag.bad),
      ])
      return outcomes.every((outcome) => outcome !== 'accepted')
    })
  })
  afterAll(() => plane?.stop())

  /** `accepted`, or what the API server said. */
  async function attempt(args: readonly string[], object?: object): Promise<string> {
    const input = object === undefined ? undefined : JSON.stringify(object)
    return plane.kubectl([...args, '--dry-run=server'], input).then(
      () => 'accepted',
      (error: Error) => error.message,
    )
  }
  const as = (user: string, object: object): Promise<string> => attempt(['apply', '-f', '-', '--as', user], object)
  const pod = (spec: PodSpec, metadata: object = { name: 'x', namespace: 'hard' }): Promise<string> =>
    attempt(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Pod', metadata, spec })

  test('a person’s plain Secret is refused, and the message says what to do', async () => {
    expect(await as('jane', secret('new'))).toMatch(
      /plain Secrets are not written here by jane: seal it \(waxseal seal\)/,
    )
    expect(await as('jane', secret('before', { data: { password: 'eA==' } }))).toMatch(/plain Secrets are not written/)
    expect(await as('jane', secret('new', { stringData: { a: 'b' }, data: undefined }))).toMatch(/plain Secrets/)
    expect(await as('system:serviceaccount:team:sealed-secrets-controller', secret('new'))).not.toBe('accepted')
  })

  test('the controller, listed types and the emergency group may', async () => {
    expect(await as(CONTROLLER, secret('new'))).toBe('accepted')
    expect(await as(CONTROLLER, secret('before', { data: { password: 'eA==' } }))).toBe('accepted')
    expect(await as('jane', secret('sh.helm.release.v1.x.v1', { type: 'helm.sh/release.v1' }))).toBe('accepted')
    expect(await attempt(['create', 'secret', 'generic', 'emergency', '-n', 'team'])).toBe('accepted')
  })

  test('labels of a Secret that exists can be changed, and kube-system is left alone', async () => {
    expect(await attempt(['label', 'secret', 'before', '-n', 'team', 'a=b', '--as', 'jane'])).toBe('accepted')
    expect(await attempt(['create', 'secret', 'generic', 'x', '-n', 'kube-system', '--as', 'jane'])).toBe('accepted')
  })

  test('nobody may while the list is missing', async () => {
    await plane.kubectl(['delete', 'configmap', 'waxseal-secret-authors', '-n', 'kube-system'])
    const refused = await eventually('it is noticed', async () => {
      const outcome = await as(CONTROLLER, secret('new'))
      return outcome !== 'accepted' && outcome
    })
    expect(refused).toMatch(/no params found/)
    await plane.kubectl(['apply', '-k', `${root}deploy/policies/admission`])
    await eventually('it is there again', async () => (await as(CONTROLLER, secret('new'))) === 'accepted')
  })

  test('a cluster-wide SealedSecret is refused, others are not', async () => {
    expect(await as('jane', sealed({ 'sealedsecrets.bitnami.com/cluster-wide': 'true' }))).toMatch(
      /cluster-wide SealedSecrets are not accepted/,
    )
    expect(await as('jane', sealed({ 'sealedsecrets.bitnami.com/namespace-wide': 'true' }))).toBe('accepted')
    expect(await as('jane', sealed())).toBe('accepted')
  })

  test('keys and the definition are not deleted by mistake', async () => {
    const labels = { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' }
    const key = { ...secret('key'), metadata: { name: 'key', namespace: 'kube-system', labels } }
    await plane.kubectl(['create', '-f', '-'], JSON.stringify(key))
    const remove = () => attempt(['delete', 'secret', 'key', '-n', 'kube-system'])
    expect(await remove()).toMatch(/have a backup/)
    expect(await attempt(['delete', 'crd', 'sealedsecrets.bitnami.com'])).toMatch(/have a backup/)
    expect(await attempt(['delete', 'secret', 'before', '-n', 'team'])).toBe('accepted')
    await plane.kubectl(['annotate', 'secret', 'key', '-n', 'kube-system', 'waxseal.dev/may-be-deleted=true'])
    expect(await remove()).toBe('accepted')
  })

  test('the namespace of namespace.yaml takes the controller, and the test of the chart', async () => {
    await plane.kubectl(['apply', '-f', `${root}deploy/policies/namespace.yaml`, '--validate=strict'])
    for (const account of ['default', 'sealed-secrets-controller'])
      await plane.kubectl(['create', 'serviceaccount', account, '-n', 'sealed-secrets'])
    const deployment = answerOf<{ spec: { template: { metadata: object; spec: PodSpec } } }>(
      await plane.kubectl(['create', '--dry-run=client', '-o', 'json', '-f', `${root}deploy/base/deployment.yaml`]),
    )
    const { metadata, spec } = deployment.spec.template
    expect(await pod(spec, { ...metadata, name: 'x', namespace: 'sealed-secrets' })).toBe('accepted')
    const [test] = objectsOf(renderText({}, ['-s', 'templates/tests/certificate.yaml'], 'sealed-secrets'))
    expect(await attempt(['create', '-f', '-'], test)).toBe('accepted')
  })

  test.each(Object.entries(PODS))('hardened: %s', async (_name, { bad, message, good }) => {
    expect(await pod(bad)).toMatch(message)
    expect(await pod(good ?? PODS.tag.good)).toBe('accepted')
    // Elsewhere it is nobody's matter, but for the controller.
    const elsewhere = { name: 'x', namespace: 'team' }
    expect(await pod(bad, elsewhere)).toBe('accepted')
    expect(await pod(bad, { ...elsewhere, labels: { name: 'sealed-secrets-controller' } })).toMatch(message)
  })
})
