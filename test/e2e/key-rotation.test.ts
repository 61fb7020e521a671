/**
 * `waxseal keys rotate` on a real API server, with somebody in between: killed at every request that changes something, two at once, and
 * SealedSecrets that others change while they are sealed again. After each, everything opens and every key is there and in the backup.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Asked, BadLine, type Fault } from '../fault/helpers/proxy.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answerOf } from '../kube/json.ts'
import { bin, type Controller, NODE } from './helpers/controller.ts'
import { decoded, plainSecret, type StoredSecret } from './helpers/objects.ts'
import { startWorld, type World } from './helpers/world.ts'

const NAMESPACE = 'shop'
const NAMES = ['a', 'b', 'c']

interface Listed {
  readonly fingerprint: string
  readonly name: string
  readonly state: string
  readonly seals: boolean
}

describeWithControlPlane('rotating keys', () => {
  let world: World
  let line: BadLine
  let controller: Controller
  let kubeconfig: string
  /** What each Secret has to hold. */
  const values = new Map<string, Record<string, string>>()

  beforeAll(async () => {
    world = await startWorld()
    line = await BadLine.start(world.plane)
    controller = await world.startController()
    await world.namespace(NAMESPACE)
    for (const name of NAMES) {
      values.set(name, { one: world.marker(`${name}-one`), two: world.marker(`${name}-two`) })
      await world.create(await world.sealOne(controller, plainSecret(NAMESPACE, name, values.get(name) ?? {})))
    }
    kubeconfig = join(world.plane.dir, 'line.kubeconfig')
    writeFileSync(kubeconfig, readFileSync(world.plane.kubeconfig, 'utf8').replaceAll(world.plane.server, line.server))
    writeFileSync(join(world.plane.dir, 'passphrase'), 'correct horse battery staple\n')
    arrange(() => undefined)
  })
  afterEach(() => arrange(() => undefined))
  afterAll(async () => {
    await line?.close()
    await world?.stop()
  })

  /** Nothing listens at a Pod's address here: the proxy asks the controller in the API server's place. Endpoints may not be listed. */
  function arrange(fault: (asked: Asked) => Fault | undefined): void {
    line.inject((asked) => {
      if (asked.path.includes('/endpointslices')) return { kind: 'refuse', status: 403, reason: 'Forbidden' }
      if (asked.path.endsWith('/proxy/v1/cert.pem')) return { kind: 'serve', body: () => controller.certificate() }
      return fault(asked)
    })
  }

  const backup = (): string => join(world.plane.dir, 'keys.gpg')
  const args = (file = backup()): readonly string[] => [
    ...['keys', 'rotate', '--bits', '2048', '--cluster', '--retire-old', '--yes', '--timeout', '60'],
    ...['--backup', file, '--passphrase-file', join(world.plane.dir, 'passphrase')],
  ]
  const rotate = (file?: string) => world.cli('waxseal', args(file), { kubeconfig })

  /** Whether no rotation is under way: the newest key says so. */
  async function isFinished(before: readonly Listed[]): Promise<boolean> {
    const newest = (await listed()).find(({ seals }) => seals)
    if (newest === undefined || before.some(({ name }) => name === newest.name)) return false
    const secret = await world.secret(world.home, newest.name)
    return secret?.metadata.annotations?.['waxseal.dev/rotation'] === 'finished'
  }

  /** The same command again, until it has nothing more to do: a controller may not have said yet what opens a SealedSecret. */
  async function rotateToTheEnd(before: readonly Listed[]): Promise<void> {
    await world.eventually('the rotation ends', async () => {
      return (await isFinished(before)) || ((await rotate()).code === 0 && (await isFinished(before)))
    })
  }

  async function listed(): Promise<readonly Listed[]> {
    const { code, stdout } = await world.cli('waxseal', ['keys', 'list', '-o', 'json'])
    expect(code).toBe(0)
    return answerOf<Listed[]>(stdout)
  }

  async function inBackup(): Promise<readonly string[]> {
    const options = ['--offline', '--passphrase-file', join(world.plane.dir, 'passphrase')]
    const { stdout } = await world.cli('waxseal', ['keys', 'verify-backup', ...options, backup()])
    return stdout.match(/^[0-9a-f]{64}/gm) ?? []
  }

  async function opened(): Promise<ReadonlyMap<string, unknown>> {
    const secrets = await world.list<StoredSecret>('Secret', NAMESPACE)
    return new Map(secrets.map((secret) => [secret.metadata.name, decoded(secret)]))
  }

  /** Everything opens with the newest key alone, and the old one is retired, and the backup has them all. */
  async function expectRotated(before: readonly Listed[]): Promise<void> {
    const keys = await listed()
    expect(keys.filter(({ seals }) => seals)).toHaveLength(1)
    expect(keys).toHaveLength(before.length + 1)
    const old = new Set(before.map(({ fingerprint }) => fingerprint))
    for (const { fingerprint, state, seals } of keys) {
      expect([state, seals]).toEqual(old.has(fingerprint) ? ['retired', false] : ['active', true])
    }
    const held = await inBackup()
    expect(keys.filter(({ fingerprint }) => !held.includes(fingerprint))).toEqual([])
    for (const name of NAMES) await world.condition(NAMESPACE, name, 'True')
    await world.eventually('all Secrets are right', async () => {
      const secrets = await opened()
      return [...values].every(([name, value]) => JSON.stringify(secrets.get(name)) === JSON.stringify(value))
    })
  }

  /** As if there had only ever been the newest: the next rotation begins where the first did. */
  async function forgetOldKeys(): Promise<void> {
    for (const { name, seals } of await listed()) if (!seals) await world.delete('Secret', world.home, name)
    rmSync(backup(), { force: true })
    for (let number = 1; existsSync(`${backup()}.${number}`); number++) rmSync(`${backup()}.${number}`)
  }

  test('without the right to see the endpoints, the Service is asked until it agrees', async () => {
    const before = await listed()
    const { stderr } = await rotate()
    expect(stderr).toMatch(/the controller seals with it \(10 answers of the Service in a row\)\n/)
    await rotateToTheEnd(before)
    await expectRotated(before)
  })

  test('killed before and after every request that changes something, and run again', async () => {
    let wasKilled = true
    let kills = 0
    for (let at = 0; wasKilled; at++) {
      for (const moment of ['before', 'after'] as const) {
        await forgetOldKeys()
        const before = await listed()
        const child: ChildProcess = world.plane.spawn(NODE, [bin('waxseal'), ...args()], {
          env: { PATH: '/usr/bin:/bin', HOME: world.plane.dir, KUBECONFIG: kubeconfig },
          log: join(world.plane.dir, `killed-${at}-${moment}.log`),
        })
        const ended = once(child, 'exit')
        let writes = 0
        arrange(({ write }) => {
          if (!write || writes++ !== at) return undefined
          const kill = async (): Promise<void> => {
            child.kill('SIGKILL')
            await ended
          }
          return moment === 'before' ? { kind: 'meet', before: kill } : { kind: 'meet', after: kill }
        })
        await ended
        wasKilled = child.signalCode === 'SIGKILL'
        if (wasKilled) kills += 1
        arrange(() => undefined)
        await rotateToTheEnd(before)
        await expectRotated(before)
      }
    }
    // A key, its note and the old one's, three objects, one retired, one finished.
    expect(kills).toBeGreaterThanOrEqual(2 * 8)
  }, 600_000)

  test('two people at once come to one new key', async () => {
    await forgetOldKeys()
    const before = await listed()
    await Promise.all([rotate(), rotate(join(world.plane.dir, 'other.gpg'))])
    expect(await listed()).toHaveLength(before.length + 1)
    await rotateToTheEnd(before)
    await expectRotated(before)
  })

  test('a SealedSecret that somebody else changes meanwhile keeps that change, sealed for the new key', async () => {
    await forgetOldKeys()
    const before = await listed()
    const theirs = world.marker('theirs')
    const changed = await world.sealOne(controller, plainSecret(NAMESPACE, 'b', { two: theirs }))
    let times = 0
    arrange(({ method, path }) => {
      if (method !== 'PATCH' || !path.endsWith('/sealedsecrets/b') || times++ > 0) return undefined
      return { kind: 'meet', before: async () => void (await world.patch('SealedSecret', NAMESPACE, 'b', changed)) }
    })
    values.set('b', { ...values.get('b'), two: theirs })
    await rotate()
    // Once for them, once more at least: the controller writes its status meanwhile.
    expect(times).toBeGreaterThanOrEqual(2)
    arrange(() => undefined)
    await rotateToTheEnd(before)
    await expectRotated(before)
  })

  test('one that others keep changing is named and left to them; once they stop, the same command ends', async () => {
    await forgetOldKeys()
    const before = await listed()
    let times = 0
    arrange(({ method, path }) => {
      if (method !== 'PATCH' || !path.endsWith('/sealedsecrets/c')) return undefined
      const labels = { times: String(times++) }
      return {
        kind: 'meet',
        before: async () => void (await world.patch('SealedSecret', NAMESPACE, 'c', { metadata: { labels } })),
      }
    })
    const { code, stderr } = await rotate()
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: shop\/c: others keep changing it \(409\)$/m)])
    expect((await listed()).map(({ state }) => state)).toEqual(['active', 'active'])
    arrange(() => undefined)
    await rotateToTheEnd(before)
    await expectRotated(before)
    expect((await world.sealedSecret(NAMESPACE, 'c'))?.metadata.labels).toEqual({ times: String(times - 1) })
  })
})
