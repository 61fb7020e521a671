/** The Secret goes with its SealedSecret, by Kubernetes' own garbage collector. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { decoded, plainSecret } from './helpers/objects.ts'
import { startWorld, type World } from './helpers/world.ts'

describeWithControlPlane('garbage collection', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld({ controllers: true })
    await world.namespace('demo')
  })
  afterAll(() => world?.stop())

  test('takes the Secret of a deleted SealedSecret, and only that', async () => {
    // Without any key: the controller makes its first one itself.
    const controller = await world.startController()
    const keep = { annotations: { 'sealedsecrets.bitnami.com/skip-set-owner-references': 'true' } }
    const kept = plainSecret('demo', 'kept', { a: world.marker('kept') })
    const secrets = [
      plainSecret('demo', 'gone', { a: world.marker('gone') }),
      plainSecret('demo', 'stays', { a: world.marker('stays') }),
      { ...kept, metadata: { ...kept.metadata, ...keep } },
    ]
    const sealed = await world.seal(controller, secrets)
    const patch = { annotations: { 'sealedsecrets.bitnami.com/patch': 'true' } }
    const theirs = plainSecret('demo', 'patched', { theirs: 'kept' })
    await world.create({ ...theirs, metadata: { ...theirs.metadata, ...patch } })
    await world.create(
      await world.sealOne(controller, plainSecret('demo', 'patched', { ours: world.marker('patched') })),
    )
    for (const object of sealed) await world.create(object)
    const uid = (await world.sealedSecret('demo', 'gone'))?.metadata.uid
    const gone = await world.awaitSecret('demo', 'gone')
    expect(gone.metadata.ownerReferences).toEqual([
      { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name: 'gone', uid, controller: true },
    ])
    expect((await world.awaitSecret('demo', 'kept')).metadata.ownerReferences).toBeUndefined()
    const stays = await world.awaitSecret('demo', 'stays')

    const patched = await world.awaitSecret('demo', 'patched', (secret) => 'ours' in decoded(secret))
    await world.delete('SealedSecret', 'demo', 'patched')
    await world.delete('SealedSecret', 'demo', 'kept')
    await world.delete('SealedSecret', 'demo', 'gone')
    await world.eventually('its Secret is gone', async () => (await world.secret('demo', 'gone')) === undefined)
    expect(await world.secret('demo', 'stays')).toEqual(stays)
    expect(await world.secret('demo', 'patched')).toEqual(patched)
    expect(Object.keys(decoded(await world.awaitSecret('demo', 'kept')))).toEqual(['a'])
    expect(await controller.metric('sealed_secrets_controller_condition_info', 'name="gone"')).toBe(0)

    const again = sealed.find(({ metadata }) => metadata.name === 'gone')
    if (again !== undefined) await world.create(again)
    expect((await world.awaitSecret('demo', 'gone')).metadata.uid).not.toBe(gone.metadata.uid)
  })

  test('of a whole namespace is no trouble', async () => {
    const controller = await world.startController()
    await world.namespace('short')
    await world.create(await world.sealOne(controller, plainSecret('short', 'one', { a: world.marker('short') })))
    await world.awaitSecret('short', 'one')
    await world.plane.kubectl(['delete', 'namespace', 'short', '--timeout=60s'])
    expect(await world.secret('short', 'one')).toBeUndefined()
    await world.eventually('it is forgotten', async () => {
      return (await controller.metric('sealed_secrets_controller_condition_info', 'namespace="short"')) === 0
    })
    expect(controller.running).toBe(true)
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
