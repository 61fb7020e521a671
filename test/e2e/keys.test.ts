/** Keys come, go, change and are renewed while the controller runs; what failed for want of one opens when it is there. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answerOf } from '../kube/json.ts'
import type { Controller } from './helpers/controller.ts'
import { decoded, type NewObject, plainSecret, type StoredSecret } from './helpers/objects.ts'
import { keySecret } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

const HOME = 'kube-system'
const LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key'
const SMALL = ['--key-size=2048']

describeWithControlPlane('keys', () => {
  let world: World
  let controller: Controller

  beforeAll(async () => {
    world = await startWorld()
    await world.namespace('demo')
  })
  afterAll(() => world?.stop())

  const keys = async (): Promise<StoredSecret[]> =>
    (await world.list<StoredSecret>('Secret', HOME)).filter(({ metadata }) => metadata.labels?.[LABEL] !== undefined)
  const published = async (): Promise<string | undefined> => {
    const map = await world.find<StoredSecret>('ConfigMap', HOME, 'sealed-secrets-public-cert')
    return map?.data?.['tls.crt']
  }
  const relabel = (name: string, state: string): Promise<unknown> =>
    world.patch('Secret', HOME, name, { metadata: { labels: { [LABEL]: state } } })
  const restart = async (...args: string[]): Promise<void> => {
    await controller.end('SIGTERM')
    controller = await world.startController({ args: [...SMALL, ...args] })
  }
  /** Seals under a new name with whatever key seals now. */
  const seal = (name: string): Promise<NewObject> =>
    world.sealOne(controller, plainSecret('demo', name, { value: world.marker(name) }))
  const opens = (name: string): Promise<unknown> => world.condition('demo', name, 'True')
  const fails = (name: string): Promise<unknown> =>
    world.condition('demo', name, 'False', 'no key could decrypt secret (value)')
  const newCertificate = (before: string): Promise<string> =>
    world.eventually('another certificate is given out', async () => {
      const now = await controller.certificate()
      return now !== before && now
    })

  test('the first key has the labels and annotations asked for, and Bitnami’s form', async () => {
    const marks = ['--privatekey-labels=backup=yes', '--privatekey-annotations=example.com/by=me']
    controller = await world.startController({ args: [...SMALL, ...marks] })
    const [key, ...others] = await keys()
    expect(others).toEqual([])
    if (key === undefined) throw new Error('no key')
    expect(key).toMatchObject({
      type: 'kubernetes.io/tls',
      metadata: { labels: { [LABEL]: 'active', backup: 'yes' }, annotations: { 'example.com/by': 'me' } },
    })
    expect(key.metadata.name).toMatch(/^sealed-secrets-key/)
    expect(decoded(key)['tls.key']).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
    expect(await controller.metric('waxseal_keys', '"active"')).toBe(1)
    expect(await controller.metric('waxseal_key_last_backup_timestamp_seconds')).toBe(0)
  })

  test('SIGUSR1 makes another one, which seals; the old one opens; no debugger listens', async () => {
    const before = await controller.certificate()
    await world.create(await seal('first-key'))
    process.kill(controller.pid, 'SIGUSR1')
    const after = await newCertificate(before)
    await world.eventually('the certificate is published', async () => (await published()) === after)
    expect(await keys()).toHaveLength(2)
    await world.create(await seal('second-key'))
    await opens('first-key')
    await opens('second-key')
    expect(controller.log).not.toMatch(/debugger/i)
  })

  test('a key that is relabelled is retired; active again, it opens what failed', async () => {
    const certificate = Buffer.from(await controller.certificate()).toString('base64')
    const newest = (await keys()).find(({ data }) => data?.['tls.crt'] === certificate)?.metadata.name ?? ''
    const sealed = await seal('retired-key')
    await relabel(newest, 'compromised')
    await world.eventually('it is counted', async () => (await controller.metric('waxseal_keys', 'compromised')) === 1)
    expect(await controller.certificate()).not.toBe(Buffer.from(certificate, 'base64').toString())
    await world.create(sealed)
    await fails('retired-key')
    await relabel(newest, 'active')
    await opens('retired-key')
  })

  test('a deleted key that is restored from its backup opens what failed; the backup shows in the metric', async () => {
    const [newest] = (await keys()).toSorted((a, b) => b.metadata.name.localeCompare(a.metadata.name))
    if (newest === undefined) throw new Error('no key')
    const certificate = decoded(newest)['tls.crt'] ?? ''
    await world.eventually(
      'it seals',
      async () => (await controller.certificate()) === certificate || rotate(certificate),
    )
    const sealed = await seal('restored-key')
    await world.delete('Secret', HOME, newest.metadata.name)
    await world.eventually('it is gone', async () => (await controller.certificate()) !== certificate)
    await world.create(sealed)
    await fails('restored-key')
    const { name, labels } = newest.metadata
    await world.create({
      ...{ apiVersion: 'v1', kind: 'Secret', type: newest.type, data: newest.data },
      metadata: { name, namespace: HOME, labels, annotations: { 'waxseal.dev/last-backup': '2026-05-01T00:00:00Z' } },
    })
    await opens('restored-key')
    expect(await controller.metric('waxseal_key_last_backup_timestamp_seconds')).toBe(Date.UTC(2026, 4) / 1000)
  })

  /** Retires all that are in front of a key. */
  async function rotate(wanted: string): Promise<false> {
    for (const key of await keys())
      if (decoded(key)['tls.crt'] !== wanted && key.metadata.labels?.[LABEL] === 'active')
        await relabel(key.metadata.name, 'retired')
    return false
  }

  test('certificates of one’s own are taken, also under the old name without label', async () => {
    const certificate = await controller.certificate()
    await world.create(keySecret('alpha', HOME))
    const old = keySecret('bravo', HOME)
    await world.create({ ...old, metadata: { name: 'sealed-secrets-key', namespace: HOME } })
    await restart()
    const sealing = async (name: string, key: string): Promise<NewObject> => {
      const [file] = [new URL(`../vectors/keys/${key}.crt`, import.meta.url).pathname]
      const result = await world.cli('waxseal', ['seal', '--cert', file, '-o', 'json'], {
        stdin: JSON.stringify(plainSecret('demo', name, { value: world.marker(name) })),
      })
      return answerOf<NewObject>(result.stdout)
    }
    await world.create(await sealing('own-key', 'alpha'))
    await world.create(await sealing('old-key', 'bravo'))
    await opens('own-key')
    await opens('old-key')
    // Both are from 2020: the newest still seals.
    expect(await controller.certificate()).toBe(certificate)
  })

  test('a cutoff replaces older keys once, over restarts', async () => {
    const before = (await keys()).length
    const cutoff = new Date().toUTCString().replace('GMT', '+0000')
    const certificate = await controller.certificate()
    await restart(`--key-cutoff-time=${cutoff}`)
    await newCertificate(certificate)
    expect(await keys()).toHaveLength(before + 1)
    await restart(`--key-cutoff-time=${cutoff}`, '--key-renew-period=720h')
    await world.create(await seal('after-cutoff'))
    await opens('after-cutoff')
    expect(await keys()).toHaveLength(before + 1)
  })

  test('the age of the newest key counts, also when this process did not make it', async () => {
    const before = (await keys()).length
    for (const key of await keys())
      if (key.metadata.name !== 'sealed-secrets-key-alpha') await relabel(key.metadata.name, 'retired')
    await restart('--key-renew-period=720h')
    await world.eventually('another key is made', async () => (await keys()).length === before + 1)
    await restart('--key-renew-period=720h')
    await world.create(await seal('renewed'))
    await opens('renewed')
    expect(await keys()).toHaveLength(before + 1)
  })

  test('the replica that is asked makes the key, leading or not', async () => {
    const before = (await keys()).length
    const follower = await world.startController({ args: SMALL })
    expect(await follower.metric('waxseal_leader')).toBe(0)
    const certificate = await controller.certificate()
    process.kill(follower.pid, 'SIGUSR1')
    const after = await newCertificate(certificate)
    expect(await follower.certificate()).toBe(after)
    expect(await keys()).toHaveLength(before + 1)
    await world.eventually('the leader publishes it', async () => (await published()) === after)
    await follower.end('SIGTERM')
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    await controller.end('SIGTERM')
    expect(await world.complaints()).toEqual([])
  })
})
