/**
 * Sealing again and verifying through the API server's service proxy, by an account that may do what `deploy/` grants to everybody. In
 * a network of its own: the API server refuses to proxy to loopback addresses.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithNetwork } from '../kube/describe.ts'
import { answerOf } from '../kube/json.ts'
import { type Controller, NODE } from './helpers/controller.ts'
import { type NewObject, plainSecret } from './helpers/objects.ts'
import { certificateFile, keySecret } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

const HOME = 'kube-system'
const NAME = 'sealed-secrets-controller'
const PROXY = `/api/v1/namespaces/${HOME}/services/http:${NAME}:http/proxy`
const VALUES = { a: 'one', b: 'two' }

describeWithNetwork('sealing again through the cluster', () => {
  let world: World
  let controller: Controller
  /** An account without any right but those that everybody has. */
  let jane: string
  let repository: string

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'], network: true })
    await world.plane.kubectl(['create', 'serviceaccount', 'jane', '-n', 'default'])
    const token = await world.plane.kubectl(['create', 'token', 'jane', '-n', 'default'])
    jane = world.plane.kubeconfigFor('jane', { token: token.trim() })
    await runPod()
    const address = world.plane.network?.address
    const args = ['--listen-addr', `${address}:8080`, '--listen-metrics-addr', `${address}:8081`]
    controller = await world.startController({ args: [...args, '--rate-limit', '20'], ready: false })
    await world.eventually('the certificate', async () => (await waxseal('cert')).code === 0)
    await world.plane.kubectl(['create', 'namespace', 'shop'])
    repository = join(world.plane.dir, 'repository')
    mkdirSync(repository)
    for (const name of ['one', 'two']) {
      const sealed = await world.cli('waxseal', ['seal', '--cert', certificateFile('alpha'), '-o', 'yaml'], {
        stdin: JSON.stringify(plainSecret('shop', name, VALUES)),
      })
      writeFileSync(fileOf(name), `# ${name}\n${sealed.stdout}`)
    }
  })
  afterAll(() => world?.stop())

  const fileOf = (name: string): string => join(repository, `${name}.yaml`)
  const post = (path: string, body: object): Promise<string> =>
    world.plane.kubectl(['create', '--raw', `${PROXY}${path}`, '-f', '-'], JSON.stringify(body))
  const waxseal = (...args: readonly string[]) => world.cli('waxseal', args, { kubeconfig: jane })
  const apply = (object: object): Promise<string> => world.plane.kubectl(['apply', '-f', '-'], JSON.stringify(object))

  /** What deploy/ leaves to the cluster: a Pod with an address, and the Service's endpoint on it. */
  async function runPod(): Promise<void> {
    const text = await world.plane.kubectl(['get', 'deployment', NAME, '-n', HOME, '-o', 'json'])
    const { spec } = answerOf<{ spec: { template: { metadata: object; spec: object } } }>(text)
    const { metadata, spec: podSpec } = spec.template
    await apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: 'controller', namespace: HOME },
      spec: podSpec,
    })
    const ip = world.plane.network?.address
    const status = { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } }
    const patch = ['patch', 'pod', 'controller', '-n', HOME, '--subresource=status', '--type=merge', '-p']
    await world.plane.kubectl([...patch, JSON.stringify(status)])
    await apply({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${NAME}-1`, namespace: HOME, labels: { 'kubernetes.io/service-name': NAME } },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: [ip],
          conditions: { ready: true },
          targetRef: { kind: 'Pod', name: 'controller', namespace: HOME },
        },
      ],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    })
  }

  test('waxseal verify: what opens, and which value does not', async () => {
    expect(await waxseal('verify', repository)).toMatchObject({ code: 0, stderr: '2 SealedSecrets can be opened\n' })
    const moved = readFileSync(fileOf('one'), 'utf8').replaceAll('name: one', 'name: other')
    const elsewhere = join(world.plane.dir, 'moved.yaml')
    writeFileSync(elsewhere, moved)
    const { code, stdout } = await waxseal('verify', elsewhere)
    expect([code, stdout]).toEqual([
      1,
      ['a', 'b'].map((key) => `${elsewhere}: SealedSecret shop/other: ${key}: cannot be opened\n`).join(''),
    ])
  })

  test('waxseal reseal: nothing to do, then all for a new key', async () => {
    expect(await waxseal('reseal', repository)).toMatchObject({ code: 0, stdout: '' })
    const before = readFileSync(fileOf('one'), 'utf8')
    // Bravo's certificate is newer than alpha's.
    await world.plane.kubectl(['create', '-f', '-'], JSON.stringify(keySecret('bravo', HOME)))
    const bravo = readFileSync(certificateFile('bravo'), 'utf8')
    await world.eventually('the new key', async () => (await waxseal('cert')).stdout === bravo)
    expect(await waxseal('reseal', repository)).toMatchObject({
      code: 0,
      stdout: `${fileOf('one')}\n${fileOf('two')}\n`,
    })
    const after = readFileSync(fileOf('one'), 'utf8')
    expect(after.slice(0, 100)).toBe(before.slice(0, 100))
    expect(after).not.toBe(before)
    expect(await waxseal('verify', repository)).toMatchObject({ code: 0 })
    expect(await waxseal('reseal', repository)).toMatchObject({ code: 0, stdout: '' })
  })

  test('the controller opens what it sealed again, with the new key alone', async () => {
    await world.plane.kubectl(['delete', 'secret', 'sealed-secrets-key-alpha', '-n', HOME])
    await world.plane.kubectl(['apply', '-f', fileOf('one')])
    const get = ['get', 'secret', 'one', '-n', 'shop', '-o', 'jsonpath={.data}']
    const data = await world.eventually('it opens', () => world.plane.kubectl(get).catch(() => undefined))
    expect(JSON.parse(data)).toEqual({ a: btoa('one'), b: btoa('two') })
  })

  test('templates are not rendered, nor does a wide scope in them count (regressions 1, 2)', async () => {
    const text = await world.cli('waxseal', ['seal', '--cert', certificateFile('bravo'), '-o', 'json'], {
      stdin: JSON.stringify(plainSecret('shop', 'three', VALUES)),
    })
    const sealed = answerOf<NewObject & { spec: object }>(text.stdout)
    const annotations = { 'sealedsecrets.bitnami.com/cluster-wide': 'true' }
    const template = { metadata: { annotations }, data: { x: '{{ fail .a }}' } }
    const three = { ...sealed, spec: { ...sealed.spec, template } }
    const rotated = answerOf<NewObject & { spec: { template: object } }>(await post('/v1/rotate', three))
    expect(rotated.spec.template).toEqual(template)
    const moved = { ...rotated, metadata: { ...rotated.metadata, name: 'moved' } }
    expect(await post('/v1/verify', three)).toBe('ok\n')
    expect(await post('/v1/verify', rotated)).toBe('ok\n')
    await expect(post('/v1/verify', moved)).rejects.toThrow(/conflict|409/i)
  })

  test('metrics count by path, and nothing was said in plain text anywhere', async () => {
    const url = `http://${world.plane.network?.address}:8081/metrics`
    const script = `process.stdout.write(await (await fetch('${url}')).text())`
    const { stdout } = await world.plane.run(NODE, ['--input-type=module', '-e', script], {})
    const series = 'sealed_secrets_controller_http_requests_total'
    expect(stdout).toMatch(new RegExp(`^${series}{path="/v1/rotate",code="200",method="POST"} \\d+$`, 'm'))
    expect(stdout).toMatch(new RegExp(`^${series}{path="/v1/verify",code="409",method="POST"} 4$`, 'm'))
    expect(controller.log).not.toMatch(/verify|rotate|moved|other|three/)
  })
})
