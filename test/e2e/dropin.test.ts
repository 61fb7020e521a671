/** The controller in an installation of Bitnami's: their definition, their rights, their keys and stored objects. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { decoded, plainSecret } from './helpers/objects.ts'
import { sealedByKubeseal } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

describeWithControlPlane('in an installation of Bitnami’s', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'], manifests: 'test/e2e/fixtures/bitnami.yaml' })
    await world.namespace('payments')
    await world.namespace('demo')
  })
  afterAll(() => world?.stop())

  /** Publishing the certificate and agreeing with other replicas is beyond what Bitnami's controller does: it goes without. */
  const complaints = async (): Promise<string[]> =>
    (await world.complaints()).filter((line) => !line.includes('/configmaps') && !line.includes('/leases'))

  test('the controller works with the rights that are there', async () => {
    const [vector] = sealedByKubeseal()
    if (vector === undefined) throw new Error('no vectors')
    const controller = await world.startController()
    await world.create(vector.sealed)
    await world.condition('payments', 'db-creds', 'True')
    expect((await world.awaitSecret('payments', 'db-creds')).data).toEqual(vector.secret.data)
    const one = await world.sealOne(controller, plainSecret('demo', 'mine', { value: world.marker('one') }))
    const two = await world.sealOne(controller, plainSecret('demo', 'mine', { value: world.marker('two') }))
    await world.create(one)
    const first = await world.awaitSecret('demo', 'mine')
    await world.put(two)
    const value = decoded(first).value
    await world.awaitSecret('demo', 'mine', (secret) => decoded(secret).value !== value)
    await world.condition('demo', 'mine', 'True')
    await controller.end('SIGTERM')
    expect(await complaints()).toEqual([])
  })

  test('their definition prunes our status fields; a restart writes nothing all the same', async () => {
    const before = await world.versions()
    expect(await world.sealedSecret('demo', 'mine')).not.toHaveProperty('status.observedDigest')
    const controller = await world.startController()
    await world.eventually('both are looked at', async () => {
      return (await controller.metric('sealed_secrets_controller_condition_info')) === 2
    })
    expect(await world.versions()).toEqual(before)
    expect(await complaints()).toEqual([])
  })
})
