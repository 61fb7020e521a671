/** What cannot be opened, or must not be written, is told in event and status as Bitnami's controller tells it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answer, answerOf } from '../kube/json.ts'
import type { Controller } from './helpers/controller.ts'
import { decoded, type NewObject, plainSecret, type StoredSecret } from './helpers/objects.ts'
import { certificateFile, keySecret } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

const unmanaged = (name: string): string => `Resource "${name}" already exists and is not managed by SealedSecret`

describeWithControlPlane('refusing', () => {
  let world: World
  let controller: Controller

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'] })
    await world.namespace('demo')
    await world.namespace('other')
    controller = await world.startController()
  })
  afterAll(() => world?.stop())

  const seal = (name: string, values: Readonly<Record<string, string>>, extra: object = {}): Promise<NewObject> =>
    world.sealOne(controller, plainSecret('demo', name, values, extra))

  async function failsToUnseal(namespace: string, name: string, message: string): Promise<void> {
    await world.event(namespace, name, 'ErrUnsealFailed', `Failed to unseal: ${message}`)
    await world.condition(namespace, name, 'False', message)
    expect(await world.secret(namespace, name)).toBeUndefined()
  }

  test('another name, another namespace', async () => {
    const sealed = await seal('moved', { a: world.marker('moved'), b: world.marker('moved') })
    for (const metadata of [
      { namespace: 'demo', name: 'elsewhere' },
      { namespace: 'other', name: 'moved' },
    ]) {
      await world.create({ ...sealed, metadata })
      await failsToUnseal(metadata.namespace, metadata.name, 'no key could decrypt secret (a, b)')
      const labels = `namespace="${metadata.namespace}"`
      expect(await controller.metric('sealed_secrets_controller_unseal_errors_total', labels)).toBeGreaterThan(0)
    }
  })

  test('a key that the controller does not have', async () => {
    const stdin = JSON.stringify(plainSecret('demo', 'foreign-key', { a: world.marker('key') }))
    const { stdout } = await world.cli('kubeseal', ['--cert', certificateFile('bravo')], { stdin })
    await world.create(answerOf<NewObject>(stdout))
    await failsToUnseal('demo', 'foreign-key', 'no key could decrypt secret (a)')
    expect(await controller.metric('sealed_secrets_controller_condition_info', 'name="foreign-key"')).toBe(-1)
  })

  test('bad base64 names its item, and the loop goes on', async () => {
    const sealed = await seal('bad-base64', { good: world.marker('good') })
    const spec = answer<{ encryptedData: Record<string, string> }>(sealed.spec)
    const { encryptedData } = spec
    const broken = `${encryptedData.good?.slice(0, 40)} ${encryptedData.good?.slice(41)}`
    await world.create({
      ...sealed,
      spec: { ...spec, encryptedData: { ...encryptedData, bad: broken } },
    })
    await failsToUnseal('demo', 'bad-base64', 'illegal base64 data at input byte 40 (bad)')
    await world.put(sealed)
    expect(Object.keys(decoded(await world.awaitSecret('demo', 'bad-base64')))).toEqual(['good'])
    await world.condition('demo', 'bad-base64', 'True')
  })

  test('a Secret of somebody else stays as it is', async () => {
    const foreign = await world.create<StoredSecret>(plainSecret('demo', 'foreign', { theirs: 'kept' }))
    await world.create(await seal('foreign', { ours: world.marker('foreign') }))
    await world.event('demo', 'foreign', 'ErrUpdateFailed', unmanaged('foreign'))
    await world.condition('demo', 'foreign', 'False', unmanaged('foreign'))
    expect(await world.secret('demo', 'foreign')).toEqual(foreign)
    expect((await world.events('demo', 'foreign')).every(({ type }) => type === 'Warning')).toBe(true)
    const labels = 'reason="unmanaged",namespace="demo"'
    expect(await controller.metric('sealed_secrets_controller_unseal_errors_total', labels)).toBeGreaterThan(0)
  })

  test('once annotated as managed, it is taken over', async () => {
    await world.create(plainSecret('demo', 'taken', { theirs: 'replaced' }))
    const value = world.marker('taken')
    const made = await world.create(await seal('taken', { ours: value }))
    await world.condition('demo', 'taken', 'False', unmanaged('taken'))
    const annotations = { 'sealedsecrets.bitnami.com/managed': 'true' }
    await world.patch('Secret', 'demo', 'taken', { metadata: { annotations } })
    const taken = await world.awaitSecret('demo', 'taken', (secret) => 'ours' in decoded(secret))
    expect(decoded(taken)).toEqual({ ours: value })
    expect(taken.metadata.ownerReferences).toMatchObject([{ uid: made.metadata.uid, controller: true }])
    await world.condition('demo', 'taken', 'True')
  })

  test('an immutable Secret is not written, and the status says why', async () => {
    const first = await seal('fixed', { a: world.marker('one') }, { immutable: true })
    const second = await seal('fixed', { a: world.marker('two') }, { immutable: true })
    await world.create(first)
    await world.condition('demo', 'fixed', 'True')
    const before = await world.secret('demo', 'fixed')
    await world.put(second)
    const { message } = await world.condition('demo', 'fixed', 'False')
    expect(message).toContain('the target Secret is immutable')
    expect(await world.secret('demo', 'fixed')).toEqual(before)
  })

  test('a key that comes later opens what was waiting', async () => {
    await world.plane.kubectl(['create', '-f', '-'], JSON.stringify(keySecret('bravo', 'kube-system')))
    await world.condition('demo', 'foreign-key', 'True')
    expect(decoded(await world.awaitSecret('demo', 'foreign-key')).a).toMatch(/^plaintext-key-/)
  })

  test('a malformed key Secret is passed over', async () => {
    const key = keySecret('bravo', 'kube-system')
    const metadata = { ...key.metadata, name: 'sealed-secrets-key-broken' }
    await world.create({ ...key, metadata, data: { 'tls.key': 'bm90IGEga2V5', 'tls.crt': '' } })
    await world.create(await seal('after-broken', { a: world.marker('after') }))
    await world.condition('demo', 'after-broken', 'True')
    expect(controller.running).toBe(true)
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
