/** The commands of the pages about deploying, run as they stand there against a real API server. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { blocks, marks, root } from '../../docs/blocks.ts'
import { decoded, type StoredSecret } from '../../e2e/helpers/objects.ts'
import { keySecret } from '../../e2e/helpers/vectors.ts'
import { controlPlaneAssets } from '../../kube/assets.ts'
import { type ControlPlane, startControlPlane } from '../../kube/control-plane.ts'
import { answerOf } from '../../kube/json.ts'
import { eventually } from '../../kube/poll.ts'
import { describeWithToolsInCluster } from '../../tools/describe.ts'
import { toolFolder } from '../../tools/tools.ts'

const PAGES = ['install', 'hardening', 'gitops', 'migrate-from-bitnami'] as const
type Page = (typeof PAGES)[number]

describeWithToolsInCluster(['helm'], 'docs', () => {
  let plane: ControlPlane
  let folder: string

  beforeAll(async () => {
    plane = await startControlPlane()
  })
  afterAll(() => plane?.stop())

  /** A folder that looks like a checkout. */
  function checkout(): void {
    folder = join(plane.dir, `checkout-${Math.random().toString(36).slice(2)}`)
    mkdirSync(folder)
    for (const name of ['deploy', 'examples']) cpSync(`${root}${name}`, join(folder, name), { recursive: true })
    for (const name of ['node_modules', 'packages', 'package.json', 'LICENSE'])
      symlinkSync(`${root}${name}`, join(folder, name))
  }

  /** Runs what is marked on a page; as `user`, if given. */
  async function run(page: Page, mark: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
    const assets = controlPlaneAssets()
    const path = [
      `${root}node_modules/.bin`,
      'path' in assets ? assets.path : '',
      toolFolder(),
      '/usr/bin',
      '/bin',
    ].join(delimiter)
    const env = { PATH: path, HOME: plane.dir, KUBECONFIG: plane.kubeconfig, ...more }
    const script = `cd ${folder}; ${blocks(`docs/${page}.md`, mark).join('\n')}`
    const { code, stdout, stderr } = await plane.run('bash', ['-euo', 'pipefail', '-c', script], { env })
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }

  const names = async (...args: string[]): Promise<string[]> =>
    (await plane.kubectl(['get', ...args, '-o', 'name'])).trim().split('\n')

  test('install.md: Helm, then what is left when it is removed', async () => {
    checkout()
    expect(await run('install', 'helm')).toMatch(/replicas: 2/)
    await run('install', 'afterwards')
    await run('install', 'remove')
    expect(await names('deployments', '-A')).toEqual([''])
    expect(await names('crd')).toEqual(['customresourcedefinition.apiextensions.k8s.io/sealedsecrets.bitnami.com'])
  })

  test('install.md: kustomize', async () => {
    checkout()
    expect(await run('install', 'kustomize')).toContain('poddisruptionbudget.policy/sealed-secrets-controller created')
    await plane.kubectl(['delete', '-k', `${root}deploy/high-availability`])
  })

  test('install.md: one namespace, by its owner', async () => {
    checkout()
    await run('install', 'namespaced')
    // What the role `admin` is made of; only kube-controller-manager would put it together.
    for (const part of ['admin', 'edit', 'view'])
      await plane.kubectl([
        'create',
        'rolebinding',
        `jane-${part}-part`,
        '-n',
        'sealed-secrets',
        `--clusterrole=system:aggregate-to-${part}`,
        '--user=jane',
      ])
    await run('install', 'namespaced, owner', { HELM_KUBEASUSER: 'jane' })
    expect(await names('deployments', '-n', 'sealed-secrets')).toEqual(['deployment.apps/sealed-secrets-controller'])
    await plane.kubectl([
      'delete',
      'deployment,service,rolebinding,role,serviceaccount,secret',
      '--all',
      '-n',
      'sealed-secrets',
    ])
  })

  test('gitops.md', async () => {
    checkout()
    await run('gitops', 'gitops')
    expect(readFileSync(join(folder, 'examples/gitops/apps/shop/sealed-api.yaml'), 'utf8')).toContain(
      'kind: SealedSecret',
    )
    const kinds = (text: string) => parseAllDocuments(text).map((document) => String(document.get('kind')))
    const argocd = await run('gitops', 'argocd')
    for (const kind of ['AppProject', 'Application', 'ConfigMap']) expect(argocd).toContain(`kind: ${kind}\n`)
    expect(kinds(await run('gitops', 'flux')).toSorted()).toEqual(['GitRepository', 'HelmRelease', 'Kustomization'])
  })

  test('migrate-from-bitnami.md: there and back with Helm, and everything stays', async () => {
    checkout()
    // A chart of the shape of theirs, from what their manifests leave in a cluster: the definition in crds/.
    const theirs = join(plane.dir, 'theirs')
    for (const part of ['crds', 'templates']) mkdirSync(join(theirs, part), { recursive: true })
    writeFileSync(join(theirs, 'Chart.yaml'), 'apiVersion: v2\nname: sealed-secrets\nversion: 2.19.1\n')
    const [crd = '', ...rest] = readFileSync(`${root}test/e2e/fixtures/bitnami.yaml`, 'utf8').split(/^---$/m)
    writeFileSync(join(theirs, 'crds', 'crd.yaml'), crd)
    writeFileSync(join(theirs, 'templates', 'all.yaml'), rest.join('---'))
    await plane.kubectl(['delete', 'crd', 'sealedsecrets.bitnami.com', '--ignore-not-found'])
    const assets = toolFolder()
    const values = ['--set', 'keyrenewperiod=240h,pdb.create=true,metrics.serviceMonitor.labels.release=prometheus']
    const installed = await plane.run(`${assets}/helm`, [
      'install',
      'sealed-secrets',
      theirs,
      '-n',
      'kube-system',
      '--kubeconfig',
      plane.kubeconfig,
      ...values,
    ])
    expect(installed).toMatchObject({ code: 0 })
    await plane.kubectl(['create', '-f', '-'], JSON.stringify(keySecret('alpha', 'kube-system')))
    await plane.kubectl(['create', 'namespace', 'shop'])
    const sealed = `${root}examples/gitops/apps/shop/sealed-db.yaml`
    await eventually('SealedSecrets are served', () => plane.kubectl(['apply', '-f', sealed]))
    const kept = async () => {
      const shown = ['-o', 'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\\n"}{end}']
      return [
        await plane.kubectl(['get', 'sealedsecrets', '-A', ...shown]),
        await plane.kubectl([
          'get',
          'secrets',
          '-n',
          'kube-system',
          '-l',
          'sealedsecrets.bitnami.com/sealed-secrets-key',
          ...shown,
        ]),
      ]
    }
    const before = await kept()
    await run('migrate-from-bitnami', 'helm')
    expect(await kept()).toEqual(before)
    expect(readFileSync(join(folder, 'keys.yaml'), 'utf8')).toContain('tls.key')
    const deployment = [
      'deployment',
      'sealed-secrets-controller',
      '-n',
      'kube-system',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].args}',
    ]
    expect(await plane.kubectl(['get', ...deployment])).toContain('--key-renew-period=240h')
    await run('migrate-from-bitnami', 'helm, back', { CHART: theirs })
    expect(await kept()).toEqual(before)
    const { stdout } = await plane.run(`${root}node_modules/.bin/waxseal`, [
      'unseal',
      '--key',
      join(folder, 'keys.yaml'),
      '-o',
      'json',
      sealed,
    ])
    expect(decoded(answerOf<StoredSecret>(stdout))).toEqual({ password: 'correct horse battery staple' })
    rmSync(theirs, { recursive: true })
  })

  test('hardening.md', async () => {
    checkout()
    await plane.kubectl(['delete', 'crd', 'sealedsecrets.bitnami.com'])
    for (const kind of ['clusterrole/secrets-unsealer', 'clusterrolebinding/sealed-secrets-controller'])
      await plane.kubectl(['delete', kind, '--ignore-not-found'])
    expect(await run('hardening', 'hardening')).toMatch(/\nno\n/)
    expect(await names('networkpolicies', '-n', 'sealed-secrets')).toEqual([
      'networkpolicy.networking.k8s.io/sealed-secrets-controller',
    ])
    const list = ['get', 'configmap', 'waxseal-secret-authors', '-n', 'kube-system', '-o', 'jsonpath={.data.users}']
    expect(await plane.kubectl(list)).toContain('system:serviceaccount:sealed-secrets:sealed-secrets-controller')
  })

  test('every command of the pages is run, but the build of the image, which has a test of its own', () => {
    const unmarked = PAGES.flatMap((page) => marks(`docs/${page}.md`)).filter(({ mark }) => mark === undefined)
    expect(unmarked.map(({ script }) => script)).toEqual(['node deploy/image/build.ts waxseal-controller\n'])
  })
})
