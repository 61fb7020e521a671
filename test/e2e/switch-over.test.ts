/** From Bitnami's controller to this one and back, by the commands of docs/operations.md; a dry run in front of it. */
import { symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blocks, root } from '../docs/blocks.ts'
import { controlPlaneAssets } from '../kube/assets.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answer, answerOf } from '../kube/json.ts'
import type { Controller } from './helpers/controller.ts'
import { decoded, type NewObject, plainSecret, type StoredObject, type StoredSecret } from './helpers/objects.ts'
import { certificateFile, sealedByKubeseal } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

const HOME = 'kube-system'
const BITNAMI = 'test/e2e/fixtures/bitnami.yaml'
const LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key'
const READS = ['get', 'list', 'watch']

describeWithControlPlane('switching over from Bitnami’s controller', () => {
  let world: World
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'], manifests: BITNAMI })
    symlinkSync(`${root}deploy`, join(world.plane.dir, 'deploy'))
    await world.namespace('payments')
    await world.namespace('demo')
    const assets = controlPlaneAssets()
    const path = [`${root}node_modules/.bin`, 'path' in assets ? assets.path : '', '/usr/bin', '/bin'].join(delimiter)
    env = { PATH: path, HOME: world.plane.dir, KUBECONFIG: world.plane.kubeconfig }
    for (const { sealed, secret } of sealedByKubeseal().slice(0, 1)) await asBitnamis(sealed, secret.data ?? {})
    await asBitnamis(await seal('theirs', 'as-it-was'), { value: 'YXMtaXQtd2Fz' })
  })
  afterAll(() => world?.stop())

  const shell = (name: string) => {
    const script = `cd ${world.plane.dir}; ${blocks('docs/operations.md', name).join('\n')}`
    return world.plane.run('bash', ['-euo', 'pipefail', '-c', script], { env })
  }

  async function seal(name: string, value: string): Promise<NewObject> {
    const stdin = JSON.stringify(plainSecret('demo', name, { value }))
    const args = ['seal', '--cert', certificateFile('alpha'), '-o', 'json']
    const { stdout } = await world.cli('waxseal', args, { stdin })
    return answerOf<NewObject>(stdout)
  }

  /** A SealedSecret with the Secret and the status that Bitnami's controller gives it. */
  async function asBitnamis(sealed: NewObject, data: Readonly<Record<string, string | null>>): Promise<void> {
    const { name, namespace = '' } = sealed.metadata
    const { uid, resourceVersion } = (await world.create<StoredObject>(sealed)).metadata
    const owner = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name, uid }
    const ownerReferences = [{ ...owner, controller: true, blockOwnerDeletion: true }]
    const { template } = answer<{ template?: { metadata?: object; type?: string } }>(sealed.spec)
    await world.create({
      ...{ apiVersion: 'v1', kind: 'Secret', data, ...(template?.type ? { type: template.type } : {}) },
      metadata: { ...template?.metadata, name, namespace, ownerReferences },
    })
    const time = '2026-01-01T00:00:00Z'
    const condition = { type: 'Synced', status: 'True', lastTransitionTime: time, lastUpdateTime: time }
    const path = `/apis/bitnami.com/v1alpha1/namespaces/${namespace}/sealedsecrets/${name}/status`
    const status = { conditions: [condition], observedGeneration: 1 }
    const body = { ...sealed, metadata: { name, namespace, resourceVersion }, status }
    await world.plane.api.object(path, { method: 'PUT', body })
  }

  const secrets = async (): Promise<readonly StoredSecret[]> =>
    (await world.list<StoredSecret>('Secret')).filter(({ metadata }) => metadata.namespace !== HOME)

  test('a dry run says that nothing would change', async () => {
    const before = await world.versions()
    const { stdout, code } = await shell('switch-over, try')
    expect({ stdout, code }).toEqual({
      stdout: 'can open 2 of 2 SealedSecrets; would create 0 and update 0 Secrets\n',
      code: 0,
    })
    expect(await world.versions()).toEqual(before)
  })

  test('a dry run beside the other controller only reads, and tells what it would do', async () => {
    const controller = await world.startController({ args: ['--dry-run'] })
    await world.eventually('all was looked at', () =>
      controller.log.includes('dry run: SealedSecrets that would fail count=0'),
    )
    expect(controller.log).toContain('dry run: Secrets that would be created count=0')
    expect(controller.log).toContain('dry run: Secrets that would be updated count=0')
    await world.create(await seal('new', world.marker('new')))
    await world.patch('Secret', 'demo', 'theirs', { data: { value: 'ZHJpZnQ=' } })
    const broken = await seal('broken', world.marker('broken'))
    await world.create({ ...broken, metadata: { ...broken.metadata, name: 'renamed' } })
    await world.eventually('it is said what would be done', () =>
      ['would create the Secret object=demo/new', 'would update the Secret object=demo/theirs'].every((line) =>
        controller.log.includes(line),
      ),
    )
    await world.eventually('and what not', () => controller.log.includes('would not be opened object=demo/renamed'))
    expect(await controller.metric('waxseal_dry_run_writes_total')).toBe(2)
    process.kill(controller.pid, 'SIGUSR1')
    await world.eventually('no key is made', () => controller.log.includes('a dry run makes no key'))
    await controller.end('SIGTERM')
    const asked = world.audit()
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter(({ verb }) => !READS.includes(verb))).toEqual([])
    expect(await world.complaints()).toEqual([])
    expect(await world.secret('demo', 'new')).toBeUndefined()
    expect(decoded(await world.awaitSecret('demo', 'theirs')).value).toBe('drift')
    expect((await world.sealedSecret('demo', 'renamed'))?.status).toBeUndefined()
    // As the other controller would.
    await world.delete('SealedSecret', 'demo', 'renamed')
    await world.delete('SealedSecret', 'demo', 'new')
    await world.patch('Secret', 'demo', 'theirs', { data: { value: 'YXMtaXQtd2Fz' } })
  })

  let controller: Controller

  test('after the switch what is right is not touched; what is new is opened', async () => {
    const before = await secrets()
    expect(await shell('switch-over')).toMatchObject({ code: 0 })
    controller = await world.startController({ args: ['--key-size=2048'] })
    await world.eventually('both are looked at', async () => {
      return (await controller.metric('sealed_secrets_controller_condition_info', '} 1')) === 2
    })
    expect(await secrets()).toEqual(before)
    const value = world.marker('switched')
    await world.create(await seal('switched', value))
    await world.condition('demo', 'switched', 'True')
    expect(decoded(await world.awaitSecret('demo', 'switched'))).toEqual({ value })
    const status = (await world.sealedSecret('demo', 'switched'))?.status
    expect(status).toHaveProperty('sealedWith', [expect.stringMatching(/^[0-9a-f]{64}$/)])
    const certificate = await controller.certificate()
    process.kill(controller.pid, 'SIGUSR1')
    await world.eventually('a key is made', async () => (await controller.certificate()) !== certificate)
    await world.create(await world.sealOne(controller, plainSecret('demo', 'new-key', { value })))
    await world.condition('demo', 'new-key', 'True')
  })

  test('on the way back all is there in Bitnami’s form', async () => {
    await controller.end('SIGTERM')
    const before = await secrets()
    await world.plane.kubectl(['apply', '-f', join(root, BITNAMI)])
    expect(await shell('switch-over, back')).toMatchObject({ code: 0 })
    expect(await secrets()).toEqual(before)
    const keys = await world.list<StoredSecret>('Secret', HOME)
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      expect(key).toMatchObject({ type: 'kubernetes.io/tls', metadata: { labels: { [LABEL]: 'active' } } })
      expect(decoded(key)['tls.crt']).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
      expect(decoded(key)['tls.key']).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
    }
    // What their controller reads of each object: spec, and a status of which it keeps its own fields.
    const [sealed] = await world.eventually('the definition is in effect', () =>
      world.list<NewObject & StoredObject>('SealedSecret', 'demo').catch(() => undefined),
    )
    expect(sealed).toMatchObject({
      status: { conditions: [{ type: 'Synced', status: 'True' }], observedGeneration: 1 },
    })
    const file = join(world.plane.dir, 'keys.yaml')
    writeFileSync(file, await world.plane.kubectl(['get', 'secret', '-n', HOME, '-l', LABEL, '-o', 'yaml']))
    for (const name of ['switched', 'new-key', 'theirs']) {
      const stdin = JSON.stringify(await world.sealedSecret('demo', name))
      const { stdout, stderr } = await world.cli('kubeseal', ['--recovery-unseal', '--recovery-private-key', file], {
        stdin,
      })
      expect({ name, stderr }).toEqual({ name, stderr: '' })
      expect(decoded(answerOf<StoredSecret>(stdout))).toEqual(decoded(await world.awaitSecret('demo', name)))
    }
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
