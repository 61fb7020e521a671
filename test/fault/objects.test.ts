/** Objects, keys and rules of the cluster that are wrong: told where they are, mended when they are, and never in the way of others. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditEvent } from '../e2e/helpers/audit.ts'
import { applyAll, sealMany, wrongOnes } from '../e2e/helpers/bulk.ts'
import type { Controller } from '../e2e/helpers/controller.ts'
import { decoded, type NewObject, plainSecret } from '../e2e/helpers/objects.ts'
import { keySecret } from '../e2e/helpers/vectors.ts'
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answer } from '../kube/json.ts'
import { scale } from './helpers/scale.ts'

const HOME = 'kube-system'
const KEY = 'sealed-secrets-key-alpha'
const ARGS = ['--key-size', '2048']

describeWithControlPlane('what is wrong in the cluster', () => {
  let world: World
  let controller: Controller

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'] })
    await world.namespace('others')
    controller = await world.startController({ args: ARGS })
  })
  afterAll(() => world?.stop())

  const apply = (object: object): Promise<string> => world.plane.kubectl(['apply', '-f', '-'], JSON.stringify(object))
  const seal = (namespace: string, name: string, value: string, extra: object = {}): Promise<NewObject> =>
    world.sealOne(controller, plainSecret(namespace, name, { value }, extra))
  const writes = (namespace: string): AuditEvent[] =>
    world.audit().filter(({ verb, objectRef }) => {
      return verb !== 'get' && objectRef?.resource === 'secrets' && objectRef.namespace === namespace
    })

  /** Somebody else's SealedSecret is opened as ever. */
  async function othersGoOn(name: string): Promise<void> {
    const value = world.marker(name)
    await world.create(await seal('others', name, value))
    await world.awaitSecret('others', name, (secret) => decoded(secret).value === value)
  }

  async function refused(namespace: string, name: string, part: string): Promise<void> {
    const { message } = await world.condition(namespace, name, 'False')
    expect(message).toContain(part)
    expect(await world.secret(namespace, name)).toBeUndefined()
  }

  test('a key Secret is garbage, then gone, then as it was: nothing opened is lost, what waited is opened', async () => {
    await world.namespace('keys')
    const [before, during] = [world.marker('before'), world.marker('during')]
    await world.create(await seal('keys', 'before', before))
    const waiting = await seal('keys', 'during', during)
    const opened = await world.awaitSecret('keys', 'before')
    await world.condition('keys', 'before', 'True')
    const certificate = await controller.certificate()
    await world.patch('Secret', HOME, KEY, { data: { 'tls.key': 'Z2FyYmFnZQ==' } })
    await world.eventually('there is another key', async () => (await controller.certificate()) !== certificate)
    expect(controller.log).toContain('key Secret skipped')
    await world.create(waiting)
    await refused('keys', 'during', 'no key could decrypt secret (value)')
    await world.delete('Secret', HOME, KEY)
    expect(await world.secret('keys', 'before')).toEqual(opened)
    await othersGoOn('with-a-new-key')
    await world.create(keySecret('alpha', HOME))
    await world.condition('keys', 'during', 'True')
    expect(decoded(await world.awaitSecret('keys', 'during'))).toEqual({ value: during })
    expect(await world.secret('keys', 'before')).toEqual(opened)
  })

  test('a quota is exceeded, and raised', async () => {
    await world.namespace('quota')
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none', namespace: 'quota' } }
    await apply({ ...quota, spec: { hard: { secrets: '0' } } })
    // Nobody counts here but the test.
    const status = JSON.stringify({ status: { hard: { secrets: '0' }, used: { secrets: '0' } } })
    await world.plane.kubectl([
      ...['patch', 'resourcequota', 'none', '-n', 'quota'],
      ...['--subresource=status', '--type=merge', '-p', status],
    ])
    const value = world.marker('quota')
    await world.create(await seal('quota', 'db', value))
    await refused('quota', 'db', 'exceeded quota: none')
    await othersGoOn('beside-a-quota')
    await world.plane.kubectl(['delete', 'resourcequota', 'none', '-n', 'quota'])
    await world.condition('quota', 'db', 'True')
    expect(decoded(await world.awaitSecret('quota', 'db'))).toEqual({ value })
  })

  test('an admission policy denies it and quotes the value; then it is gone', async () => {
    await world.namespace('policy')
    const kinds = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'no-secrets' } }
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }]
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'policy' } }
    const messageExpression = '"not this one: " + string(object.data.value)'
    await apply({
      ...kinds,
      kind: 'ValidatingAdmissionPolicy',
      spec: {
        matchConstraints: { resourceRules: rules, namespaceSelector },
        validations: [{ expression: 'false', messageExpression }],
      },
    })
    const binding = { policyName: 'no-secrets', validationActions: ['Deny'] }
    await apply({ ...kinds, kind: 'ValidatingAdmissionPolicyBinding', spec: binding })
    await world.eventually('the policy is in force', async () => {
      const probe = { ...plainSecret('policy', 'probe', { value: 'x' }) }
      const path = '/api/v1/namespaces/policy/secrets?dryRun=All'
      return (await world.plane.api.request(path, { method: 'POST', body: probe })).status === 422
    })
    const value = world.marker('policy')
    await world.create(await seal('policy', 'db', value))
    await refused('policy', 'db', "ValidatingAdmissionPolicy 'no-secrets' with binding 'no-secrets' denied request")
    await othersGoOn('beside-a-policy')
    await world.plane.kubectl(['delete', 'validatingadmissionpolicybinding', 'no-secrets'])
    await world.condition('policy', 'db', 'True')
    expect(decoded(await world.awaitSecret('policy', 'db'))).toEqual({ value })
  })

  test('an admission webhook does not answer; then it is gone', async () => {
    await world.namespace('webhook')
    const webhook = {
      name: 'absent.example.test',
      clientConfig: { url: 'https://127.0.0.1:9/' },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'webhook' } },
      ...{ failurePolicy: 'Fail', sideEffects: 'None', admissionReviewVersions: ['v1'] },
    }
    const kind = 'ValidatingWebhookConfiguration'
    await apply({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name: 'absent' },
      webhooks: [webhook],
    })
    await world.eventually('the webhook is asked', async () => {
      const probe = { ...plainSecret('webhook', 'probe', { value: 'x' }) }
      const path = '/api/v1/namespaces/webhook/secrets?dryRun=All'
      return (await world.plane.api.request(path, { method: 'POST', body: probe })).status >= 500
    })
    const value = world.marker('webhook')
    await world.create(await seal('webhook', 'db', value))
    await world.eventually('the controller says so', () => controller.log.includes('object=webhook/db'))
    await othersGoOn('beside-a-webhook')
    await world.plane.kubectl(['delete', kind, 'absent'])
    await world.condition('webhook', 'db', 'True')
    expect(decoded(await world.awaitSecret('webhook', 'db'))).toEqual({ value })
  })

  test('a Secret that would be larger than 1 MiB', async () => {
    await world.namespace('large')
    const sealed = await seal('large', 'db', world.marker('large'))
    const spec = answer<{ template: object }>(sealed.spec)
    const data = { big: '{{ repeat 12000 .value }}', bigger: '{{ repeat 30000 .value }}' }
    await world.create({ ...sealed, spec: { ...spec, template: { ...spec.template, data } } })
    await world.condition('large', 'db', 'False')
    expect(await world.secret('large', 'db')).toBeUndefined()
    await othersGoOn('beside-a-large-one')
  })

  test(`a SealedSecret with ${scale.items} items`, async () => {
    await world.namespace('items')
    const values = Object.fromEntries(
      Array.from({ length: scale.items }, (_, index) => [`key-${index}`, `value ${index}`]),
    )
    await world.create(await world.sealOne(controller, plainSecret('items', 'many', values)))
    await world.condition('items', 'many', 'True')
    expect(decoded(await world.awaitSecret('items', 'many'))).toEqual(values)
  })

  test('poison hurts nobody else', async () => {
    await world.namespace('poison')
    const value = world.marker('poison')
    const good = await seal('poison', 'good', value)
    const spec = answer<{ encryptedData: Record<string, string>; template: object }>(good.spec)
    const { value: envelope = '' } = spec.encryptedData
    const rubbish = Array.from({ length: 300 }, (_, index): [string, string] => [
      `key-${index}`,
      envelope.replace(/.{8}$/, 'AAAAAAA='),
    ])
    const specs: Readonly<Record<string, object>> = {
      'bad-base64': { encryptedData: { value: '%%%' } },
      unicode: { encryptedData: { value: '\uFFFD\u0000\uD800' } },
      empty: { encryptedData: { value: '' } },
      'many-wrong': { encryptedData: Object.fromEntries(rubbish) },
      'huge-template': { ...spec, template: { data: { x: '{{ .value }}'.repeat(60_000) } } },
      'open-template': {
        ...spec,
        template: { data: { x: '{{ range $i := until 1000000000 }}{{ $.value }}{{ end }}' } },
      },
      'fail-template': { ...spec, template: { data: { x: '{{ fail .value }}' } } },
    }
    for (const [name, each] of Object.entries(specs)) {
      await world.create({ ...good, metadata: { name, namespace: 'poison' }, spec: each })
    }
    await world.create(good)
    await othersGoOn('beside-poison')
    expect(decoded(await world.awaitSecret('poison', 'good'))).toEqual({ value })
    for (const name of Object.keys(specs)) await world.condition('poison', name, 'False')
    expect(controller.running).toBe(true)
  })

  test('a namespace is being terminated', async () => {
    await world.namespace('ending')
    const bulk = await sealMany(world, controller, 'ending-soon', 8)
    await controller.end('SIGTERM')
    await applyAll(world, bulk)
    await world.plane.api.object('/api/v1/namespaces/ending-soon', { method: 'DELETE' })
    controller = await world.startController({ args: ARGS })
    await othersGoOn('beside-an-ending')
    await sleep(2000)
    const tried = writes('ending-soon').length
    expect(tried).toBeGreaterThan(0)
    expect(tried).toBeLessThan(bulk.sealed.length * 10)
  })

  test('two controllers by mistake do not fight', async () => {
    const election = ['--leader-elect=false']
    const second = await world.startController({ args: [...ARGS, ...election] })
    const bulk = await sealMany(world, second, 'twice', scale.objects)
    await applyAll(world, bulk)
    await world.eventually('all Secrets are right', async () => (await wrongOnes(world, bulk)).length === 0)
    for (const { metadata } of bulk.sealed) await world.condition('twice', metadata.name, 'True')
    await world.patch('Secret', 'twice', 'bulk-3', { data: { a: 'd3Jvbmc=' } })
    await world.eventually('it is put right', async () => (await wrongOnes(world, bulk)).length === 0)
    await sleep(1000)
    const settled = writes('twice').length
    await sleep(scale.faultMs)
    expect(writes('twice')).toHaveLength(settled)
    expect(await wrongOnes(world, bulk)).toEqual([])
    await second.end('SIGTERM')
  })

  test('somebody else changes a Secret each time that it is put right', async () => {
    await world.namespace('rival')
    const value = world.marker('rival')
    await world.create(await seal('rival', 'db', value))
    await world.awaitSecret('rival', 'db')
    const until = performance.now() + scale.faultMs
    while (performance.now() < until) {
      const secret = await world.secret('rival', 'db')
      if (secret !== undefined && decoded(secret).value === value)
        await world.patch('Secret', 'rival', 'db', { data: { value: 'dGhlaXJz' } })
      await sleep(20)
    }
    // At once, after 1 s, 3 s, 7 s and so on.
    expect(writes('rival').length).toBeLessThan(3 + Math.log2(scale.faultMs / 1000 + 1) + 2)
    await world.awaitSecret('rival', 'db', (secret) => decoded(secret).value === value)
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
