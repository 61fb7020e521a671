/**
 * The certificate through the API server's service proxy, and what the CLI says when that fails. In a network of its own:
 * the API server refuses to proxy to loopback addresses.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CommandResult } from '../kube/command.ts'
import { describeWithNetwork } from '../kube/describe.ts'
import { answerOf } from '../kube/json.ts'
import { type NewObject, plainSecret } from './helpers/objects.ts'
import { runPod, startBehindService } from './helpers/pod.ts'
import { certificateFile } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

const HOME = 'kube-system'
const NAME = 'sealed-secrets-controller'
const SERVICE = `Service ${HOME}/${NAME}`
const secret = JSON.stringify(plainSecret('demo', 'mine', { a: 'b' }))

describeWithNetwork('the certificate from the cluster', () => {
  let world: World
  /** An account without any right but those that everybody has. */
  let jane: string
  let alpha: string

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'], network: true })
    await world.plane.kubectl(['create', 'serviceaccount', 'jane', '-n', 'default'])
    const token = await world.plane.kubectl(['create', 'token', 'jane', '-n', 'default'])
    jane = world.plane.kubeconfigFor('jane', { token: token.trim() })
    alpha = readFileSync(certificateFile('alpha'), 'utf8')
  })
  afterAll(() => world?.stop())

  const apply = (object: object): Promise<string> => world.plane.kubectl(['apply', '-f', '-'], JSON.stringify(object))

  /** Checks that a command failed in the way that all of these do, and returns its message. */
  function messageOf({ code, stdout, stderr }: CommandResult): string {
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/)
    expect(stderr).toContain('--cert')
    return stderr
  }

  test('while no controller runs: says so', async () => {
    const message = messageOf(await world.cli('waxseal', ['cert'], { kubeconfig: jane }))
    expect(message).toContain(`${SERVICE} at ${world.plane.server} has no controller running behind it (503)`)
  })

  test('anybody gets it: waxseal cert, kubeseal --fetch-cert', async () => {
    await runPod(world)
    await startBehindService(world)
    const got = await world.eventually('waxseal cert', async () => {
      const result = await world.cli('waxseal', ['cert'], { kubeconfig: jane })
      return result.code === 0 && result
    })
    expect(got).toEqual({ code: 0, stdout: alpha, stderr: '' })
    const fetched = await world.cli('kubeseal', ['--fetch-cert'], { kubeconfig: jane })
    expect(fetched).toEqual({ code: 0, stdout: alpha, stderr: '' })
    const info = await world.cli('waxseal', ['cert', '--info'], { kubeconfig: jane })
    expect(info.stdout).toContain('2048')
  })

  test('waxseal seal and kubeseal seal with it, and the controller opens that', async () => {
    await world.plane.kubectl(['create', 'namespace', 'demo'])
    for (const [name, args] of [
      ['waxseal', ['seal']],
      ['kubeseal', []],
    ] as const) {
      const { code, stdout, stderr } = await world.cli(name, [...args, '-o', 'json'], {
        stdin: secret,
        kubeconfig: jane,
      })
      expect([code, stderr]).toEqual([0, ''])
      await apply(answerOf<NewObject>(stdout))
      const get = ['get', 'secret', 'mine', '-n', 'demo', '-o', 'jsonpath={.data.a}']
      expect(await world.eventually('it opens', () => world.plane.kubectl(get).catch(() => undefined))).toBe('Yg==')
      await world.plane.kubectl(['delete', 'sealedsecret,secret', 'mine', '-n', 'demo'])
    }
  })

  test('a Service of another name: which one, and how to name the right one', async () => {
    const message = messageOf(await world.cli('waxseal', ['seal', '--controller-name', 'nobody'], { stdin: secret }))
    expect(message).toContain(`Service ${HOME}/nobody does not exist at ${world.plane.server}`)
    expect(message).toContain('--controller-name')
    const kubeseal = await world.cli('kubeseal', ['--controller-name', 'nobody', '--fetch-cert'])
    expect(messageOf(kubeseal)).toContain('nobody')
  })

  test('no right to the Service: the certificate comes from the ConfigMap, for everybody', async () => {
    await world.plane.kubectl(['delete', 'rolebinding', 'sealed-secrets-service-proxier', '-n', HOME])
    const got = await world.eventually('the right is gone', async () => {
      const result = await world.cli('waxseal', ['cert'], { kubeconfig: jane })
      return result.stderr !== '' && result
    })
    expect([got.code, got.stdout]).toEqual([0, alpha])
    expect(got.stderr).toContain(`published in ConfigMap ${HOME}/sealed-secrets-public-cert at ${world.plane.server}`)
    const maps = await world.cli('kubeseal', ['--fetch-cert'], { kubeconfig: jane })
    expect([maps.code, maps.stdout]).toEqual([0, alpha])
  })

  test('no right to the ConfigMap, either: which right is missing, at which address', async () => {
    await world.plane.kubectl(['delete', 'rolebinding', 'sealed-secrets-public-cert-reader', '-n', HOME])
    const result = () => world.cli('waxseal', ['cert'], { kubeconfig: jane })
    await world.eventually('the right is gone', async () => (await result()).code === 1)
    const message = messageOf(await result())
    expect(message).toContain(world.plane.server)
    expect(message).toContain(`get on services "${NAME}" in namespace ${HOME}`)
    expect(message).toContain('403')
  })

  test('no right to its proxy: which right', async () => {
    const rule = ['--verb=get', '--resource=services', `--resource-name=${NAME}`]
    await world.plane.kubectl(['create', 'role', 'reader', '-n', HOME, ...rule])
    await world.plane.kubectl([
      'create',
      'rolebinding',
      'reader',
      '-n',
      HOME,
      '--role=reader',
      '--serviceaccount=default:jane',
    ])
    const message = await world.eventually('the right is there', async () => {
      const { stderr } = await world.cli('waxseal', ['cert'], { kubeconfig: jane })
      return stderr.includes('services/proxy') && stderr
    })
    expect(message).toContain(`get on services/proxy "http:${NAME}:http" in namespace ${HOME}`)
    expect(messageOf(await world.cli('kubeseal', ['--fetch-cert'], { kubeconfig: jane }))).toContain('services/proxy')
  })

  test('a wrong token', async () => {
    const kubeconfig = world.plane.kubeconfigFor('nobody', { token: 'not-a-token' })
    const message = messageOf(await world.cli('waxseal', ['cert'], { kubeconfig }))
    expect(message).toContain(`${world.plane.server} does not accept the credentials (401)`)
    expect(message).not.toContain('not-a-token')
  })

  test('an API server that is away: its address', async () => {
    await world.plane.stopApiServer()
    for (const [name, args] of [
      ['waxseal', ['seal']],
      ['waxseal', ['cert']],
      ['kubeseal', []],
    ] as const) {
      const message = messageOf(await world.cli(name, args, { stdin: secret }))
      expect(message).toContain(world.plane.server.replace('https://', ''))
    }
  })
})
