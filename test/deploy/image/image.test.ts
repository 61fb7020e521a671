/** The image: the same twice, small, nothing in it that need not be, and the controller in it works, locked in. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NODE } from '../../e2e/helpers/controller.ts'
import { decoded, plainSecret } from '../../e2e/helpers/objects.ts'
import { startWorld, type World } from '../../e2e/helpers/world.ts'
import { answerOf } from '../../kube/json.ts'
import { freePort } from '../../kube/ports.ts'
import { describeWithTools, describeWithToolsInCluster } from '../../tools/describe.ts'
import { objectsOf, renderText } from '../chart/render.ts'
import { at } from '../chart/values.ts'
import { bundle, type Config, type Container, unpack } from './container.ts'

const script = fileURLToPath(new URL('../../../deploy/image/build.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'waxseal-image-'))
const [layout, rootfs] = [join(folder, 'image'), join(folder, 'rootfs')]
let config: Config

const build = (out: string, env: NodeJS.ProcessEnv = {}): string => {
  const { status, stdout, stderr } = spawnSync(NODE, [script, out], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

beforeAll(() => {
  build(layout)
  config = unpack(layout, rootfs)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a container to its end. */
function runToEnd(id: string, container: Partial<Container>) {
  const [program, args] = bundle(join(folder, id), `waxseal-${process.pid}-${id}`, { rootfs, config, ...container })
  return spawnSync(program, args, { encoding: 'utf8' })
}

describeWithTools(['crun'], 'the image', () => {
  test('is the same when it is built again, and another with another time', () => {
    const digest = (text: string): string | undefined => /sha256:\w{64}/.exec(text)?.[0]
    const manifests = readFileSync(join(layout, 'index.json'), 'utf8')
    expect(digest(build(join(folder, 'again')))).toBe(digest(manifests))
    expect(readFileSync(join(folder, 'again', 'index.json'), 'utf8')).toBe(manifests)
    expect(digest(build(join(folder, 'again'), { SOURCE_DATE_EPOCH: '1700000000' }))).not.toBe(digest(manifests))
  })

  test('has at most 150 MB, and no program but Node and the controller', () => {
    const files = globSync('**/*', { cwd: rootfs }).filter((path) => statSync(join(rootfs, path)).isFile())
    const size = files.reduce((sum, path) => sum + statSync(join(rootfs, path)).size, 0)
    expect(size).toBeLessThan(150_000_000)
    const programs = files.filter((path) => (statSync(join(rootfs, path)).mode & 0o111) !== 0 && !/\.so\b/.test(path))
    expect(programs.toSorted()).toEqual(['usr/bin/controller', 'usr/bin/node'])
    expect(files.filter((path) => (statSync(join(rootfs, path)).mode & 0o6022) !== 0)).toEqual([])
    expect(files.filter((path) => /\.(map|ts)$|node_modules/.test(path))).toEqual([])
  })

  test('says what it is made of', () => {
    const bill = answerOf<{ components: readonly { name: string; version: string; purl: string }[] }>(
      readFileSync(`${layout}.sbom.json`, 'utf8'),
    )
    const names = bill.components.map(({ name }) => name)
    for (const name of [
      'libc6',
      'libstdc++6',
      'node',
      '@waxseal/controller',
      '@kubernetes/client-node',
      'pino',
      'node-forge',
    ])
      expect(names).toContain(name)
    expect(new Set(bill.components.map(({ purl }) => purl)).size).toBe(bill.components.length)
    expect(readFileSync(join(rootfs, 'usr/share/waxseal/sbom.cdx.json'), 'utf8')).toBe(
      readFileSync(`${layout}.sbom.json`, 'utf8'),
    )
    const licences = readFileSync(join(rootfs, 'usr/share/waxseal/LICENSES'), 'utf8')
    for (const name of names) expect(licences).toContain(`\n${name} `.trim())
  })

  test('the container cannot write its files, has no capability and no other user', () => {
    expect(config.User).toBe('65532:65532')
    const look = `
      const fs = await import('node:fs')
      const status = fs.readFileSync('/proc/self/status', 'utf8')
      const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(.*)$', 'm'))[1]
      let write = 'worked'
      try { fs.writeFileSync('/app/x', '') } catch (error) { write = error.code }
      console.log(JSON.stringify({ write, user: process.getuid(), caps: field('CapEff') + field('CapBnd'), nnp: field('NoNewPrivs'), seccomp: field('Seccomp'), shell: fs.existsSync('/bin/sh') }))`
    const { stdout, stderr } = runToEnd('look', { entrypoint: ['/usr/bin/node', '-e', look] })
    expect(stderr).toBe('')
    expect(answerOf(stdout)).toEqual({
      write: 'EROFS',
      user: 65532,
      caps: '0'.repeat(32),
      nnp: '1',
      seccomp: '2',
      shell: false,
    })
  })

  test('does not replace a folder that is no image', () => {
    const mine = join(folder, 'mine')
    mkdirSync(mine)
    writeFileSync(join(mine, 'kept'), '')
    expect(() => build(mine)).toThrow(/^error: .*mine is there and is no OCI layout\nhint: /)
    expect(existsSync(join(mine, 'kept'))).toBe(true)
  })

  test('prints its version, by the name that the manifests call', () => {
    const { status, stdout } = runToEnd('version', { entrypoint: ['controller'], args: ['--version'] })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^controller version: \d+\.\d+\.\d+\n$/)
  })
})

describeWithToolsInCluster(['crun', 'helm'], 'the controller in the image', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world?.stop())

  test('opens SealedSecrets of a real API server, found as in a Pod', async () => {
    const { plane, home } = world
    const account = join(plane.dir, 'account')
    mkdirSync(account)
    const token = await plane.kubectl(['create', 'token', 'sealed-secrets-controller', '-n', home, '--duration', '1h'])
    writeFileSync(join(account, 'token'), token.trim())
    writeFileSync(join(account, 'namespace'), home)
    writeFileSync(join(account, 'ca.crt'), readFileSync(join(plane.dir, 'apiserver', 'apiserver.crt')))
    const [http, metrics] = [await freePort(), await freePort()]
    const { hostname, port } = new URL(plane.server)
    const [program, args] = bundle(join(plane.dir, 'bundle'), `waxseal-${process.pid}-controller`, {
      rootfs,
      config,
      args: ['--listen-addr', `127.0.0.1:${http}`, '--listen-metrics-addr', `127.0.0.1:${metrics}`],
      env: [`KUBERNETES_SERVICE_HOST=${hostname}`, `KUBERNETES_SERVICE_PORT=${port}`],
      mounts: [{ source: account, destination: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    })
    const logFile = join(plane.dir, 'container.log')
    plane.spawn(program, args, { log: logFile })
    const ready = async () => (await fetch(`http://127.0.0.1:${http}/readyz`)).ok
    await world
      .eventually('the controller is ready', () => ready().catch(() => false))
      .catch((error: Error) => {
        throw new Error(`${error.message}\n${readFileSync(logFile, 'utf8')}`)
      })
    writeFileSync(join(plane.dir, 'cert.pem'), await (await fetch(`http://127.0.0.1:${http}/v1/cert.pem`)).text())
    // What `helm test` runs.
    const [hook] = objectsOf(renderText({}, ['-s', 'templates/tests/certificate.yaml']))
    const check = String(at(hook, 'spec.containers.0.args.0'))
    const tested = await plane.run(NODE, ['--input-type=module', '-e', check], {
      env: { CONTROLLER: `127.0.0.1:${http}` },
    })
    expect(tested.stderr).toBe('')
    expect(tested.stdout).toContain('/v1/cert.pem: valid to ')
    await world.namespace('demo')
    const stdin = JSON.stringify(plainSecret('demo', 'db', { password: 'hunter2' }))
    const sealed = await world.cli('waxseal', ['seal', '--cert', join(plane.dir, 'cert.pem'), '-o', 'json'], { stdin })
    await plane.kubectl(['apply', '-f', '-'], sealed.stdout)
    expect(decoded(await world.awaitSecret('demo', 'db'))).toEqual({ password: 'hunter2' })
    // A template needs the worker thread, too.
    const templated = { ...answerOf<{ spec: object }>(sealed.stdout), metadata: { name: 'db', namespace: 'demo' } }
    const spec = { ...templated.spec, template: { data: { url: 'pg://{{ .password | upper }}' } } }
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify({ ...templated, spec }))
    const opened = await world.awaitSecret('demo', 'db', (secret) => decoded(secret).url !== undefined)
    expect(decoded(opened)).toEqual({ password: 'hunter2', url: 'pg://HUNTER2' })
    expect(await world.complaints()).toEqual([])
  })
})
