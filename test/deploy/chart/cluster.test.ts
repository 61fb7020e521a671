/** The chart and the kustomizations, judged by a real API server. */
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../../kube/control-plane.ts'
import { eventually } from '../../kube/poll.ts'
import { describeWithToolsInCluster } from '../../tools/describe.ts'
import { type Ran, runTool } from '../../tools/tools.ts'
import { type KubeObject, objectsOf, renderText, type Settings, setArgs } from './render.ts'
import { chart } from './values.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const STRICT = ['--validate=strict', '--warnings-as-errors']

/** All that a release can have, but kinds of operators that are not in the cluster. */
const EVERYTHING: Settings = {
  'ingress.enabled': true,
  'networkPolicy.enabled': true,
  'networkPolicy.egress.enabled': true,
  'pdb.create': true,
  replicas: 2,
  'metrics.dashboards.create': true,
}

/** An object as far as it says what runs, without what only tells who installed it. */
function essence(object: KubeObject): object {
  const { metadata, ...rest } = object
  const own = (entries: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(entries).filter(
        ([key]) => !/^(helm\.sh|app\.kubernetes\.io|meta\.helm\.sh|argocd\.argoproj\.io)\//.test(key),
      ),
    )
  const { name, namespace, labels, annotations } = metadata
  const shown = { name, namespace, labels: own(labels), annotations: own(annotations) }
  return { ...rest, status: undefined, metadata: shown }
}

const byName = (objects: readonly KubeObject[]): Record<string, object> =>
  Object.fromEntries(
    objects.map((object) => [`${object.kind} ${object.metadata.namespace}/${object.metadata.name}`, essence(object)]),
  )

describeWithToolsInCluster(['helm'], 'on a cluster', () => {
  let plane: ControlPlane

  beforeAll(async () => {
    plane = await startControlPlane()
    for (const namespace of ['seal', 'team-a', 'twice', 'mine', 'sealed-secrets']) {
      await plane.kubectl(['create', 'namespace', namespace])
      const levels = ['enforce', 'warn', 'audit'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`)
      await plane.kubectl(['label', 'namespace', namespace, ...levels])
      await plane.kubectl(['create', 'serviceaccount', 'default', '-n', namespace])
    }
  })
  afterAll(() => plane?.stop())

  const helm = (...args: string[]): Ran => runTool('helm', [...args, '--kubeconfig', plane.kubeconfig])
  const install = (name: string, namespace: string, settings: Settings = {}, ...args: string[]): Ran =>
    helm('install', name, chart, '-n', namespace, ...setArgs(settings), ...args)

  /** What the API server would store, with its defaults filled in. */
  async function stored(text: string): Promise<Record<string, object>> {
    return byName(
      objectsOf(await plane.kubectl(['create', '--dry-run=server', '-o', 'yaml', '-f', '-', ...STRICT], text)),
    )
  }

  test.each([
    ['deploy', 'kube-system', {}],
    ['deploy/high-availability', 'kube-system', { replicas: 2, 'pdb.create': true, 'crds.install': false }],
    ['deploy/namespaced', 'sealed-secrets', { 'rbac.clusterRole': false, 'crds.install': false }],
  ])('kubectl apply -k %s and the chart make the same', async (folder, namespace, settings) => {
    const kustomized = await stored(await plane.kubectl(['kustomize', `${root}${folder}`]))
    const charted = await stored(renderText(settings, ['--no-hooks'], namespace))
    expect(charted).toEqual(kustomized)
  })

  test('everything is accepted where the restricted Pod Security Standard is enforced, without a warning', async () => {
    const made = await stored(renderText(EVERYTHING, [], 'seal'))
    expect(Object.keys(made)).toContain('Pod seal/sealed-secrets-controller-test')
    expect(Object.keys(made)).toContain('Deployment seal/sealed-secrets-controller')
  })

  test('the check would notice a Pod that is not restricted', async () => {
    const text = renderText({ 'containerSecurityContext.allowPrivilegeEscalation': true }, ['--no-hooks'], 'seal')
    await expect(stored(text)).rejects.toThrow(/would violate PodSecurity "restricted:latest"/)
  })

  test('is upgraded from every release before, in place', async () => {
    const releases = globSync('test/deploy/fixtures/released/*.yaml', { cwd: root })
    expect(releases.length).toBeGreaterThan(0)
    for (const release of releases) {
      // As Helm applies it.
      await plane.kubectl(['apply', '--server-side', '--field-manager=helm', '-f', `${root}${release}`])
      const sealed = {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        spec: { encryptedData: { a: 'YQ==' } },
      }
      const object = JSON.stringify({ ...sealed, metadata: { name: 'kept', namespace: 'default' } })
      await eventually('SealedSecrets are served', () => plane.kubectl(['apply', '-f', '-'], object))
      const uids = async () =>
        plane.kubectl([
          'get',
          'deployment/sealed-secrets-controller',
          'service/sealed-secrets-controller',
          ...['-n', 'kube-system'],
          '-o',
          'jsonpath={.items[*].metadata.uid}',
        ])
      const before = await uids()
      const upgraded = helm(
        'upgrade',
        '--install',
        'waxseal',
        chart,
        '-n',
        'kube-system',
        '--take-ownership',
        '--set',
        'logLevel=debug',
      )
      expect(upgraded).toMatchObject({ status: 0 })
      expect(await uids()).toBe(before)
      expect(await plane.kubectl(['get', 'sealedsecret', 'kept', '-o', 'name'])).toContain('kept')
    }
  })

  test('a second release is refused: in the namespace, and with cluster-wide rights', () => {
    for (const namespace of ['kube-system', 'twice']) {
      const { status, stderr } = install('second', namespace)
      expect(status).toBe(1)
      expect(stderr).toMatch(/invalid ownership metadata/)
    }
  })

  test('two that watch different namespaces get along', async () => {
    const settings = { 'rbac.clusterRole': false, 'crds.install': false }
    expect(install('second', 'twice', settings)).toMatchObject({ status: 0 })
    expect(await plane.kubectl(['get', 'deployments', '-A', '-o', 'name'])).toMatch(/(deployment.*\n){2}/)
    expect(helm('uninstall', 'second', '-n', 'twice')).toMatchObject({ status: 0 })
  })

  test('is installed for one namespace by somebody who may not make ClusterRoles', async () => {
    await plane.kubectl(['apply', '-f', `${root}deploy/namespaced/installer.yaml`])
    // What the role `admin` is made of; only kube-controller-manager would put it together.
    const admin = ['admin', 'edit', 'view'].map((name) => `system:aggregate-to-${name}`)
    for (const role of [...admin, 'waxseal-installer'])
      await plane.kubectl([
        'create',
        'rolebinding',
        role.replaceAll(':', '-'),
        '-n',
        'mine',
        `--clusterrole=${role}`,
        '--user=jane',
      ])
    const as = ['--kube-as-user', 'jane']
    const wide = install('mine', 'mine', { 'crds.install': false }, ...as)
    expect(wide.status).toBe(1)
    expect(wide.stderr).toMatch(/cannot (get|create) resource "clusterroles"/)
    const settings = { 'rbac.clusterRole': false, 'crds.install': false }
    expect(helm('upgrade', '--install', 'mine', chart, '-n', 'mine', ...setArgs(settings), ...as)).toMatchObject({
      status: 0,
    })
  })

  test('uninstalled, it leaves definition and SealedSecrets', async () => {
    expect(helm('uninstall', 'waxseal', '-n', 'kube-system')).toMatchObject({ status: 0 })
    expect(await plane.kubectl(['get', 'sealedsecret', 'kept', '-o', 'name'])).toContain('kept')
    expect(await plane.kubectl(['get', 'deployment', '-n', 'kube-system', '-o', 'name'])).toBe('')
    // And what was kept is taken up again by a release of the same name.
    expect(install('waxseal', 'kube-system')).toMatchObject({ status: 0 })
  })
})
