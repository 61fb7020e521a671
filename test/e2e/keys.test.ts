/**
 * The life of keys on a real API server, as an administrator lives it: three keys, 200 SealedSecrets in a repository and in the cluster,
 * rotated to a new key, the old ones retired and deleted, the cluster lost, and everything opened again from the backup.
 */
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithNetwork } from '../kube/describe.ts'
import { answerOf } from '../kube/json.ts'
import type { Controller } from './helpers/controller.ts'
import {
  decoded,
  type ListOf,
  type NewObject,
  plainSecret,
  type StoredObject,
  type StoredSecret,
} from './helpers/objects.ts'
import { runPod, startBehindService } from './helpers/pod.ts'
import { certificateFile } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

const OPENPGP = new URL('../vectors/git-crypt/openpgp/', import.meta.url).pathname
const POLICY = new URL('../../deploy/policies/admission/keep-keys.yaml', import.meta.url).pathname
const KEYS = ['alpha', 'bravo', 'charlie']
const COUNT = 200
const NAMESPACE = 'shop'

/** Of `keys rotate -o json`. */
interface Rotated {
  readonly keys: readonly unknown[]
  readonly sealedSecrets: readonly { readonly file?: string; readonly result: string }[]
  readonly needs: readonly { readonly where: string }[]
}

interface Listed {
  readonly fingerprint: string
  readonly name: string
  readonly state: string
  readonly seals: boolean
  readonly lastBackup: string | null
  readonly sealedSecrets: number | null
}

describeWithNetwork('the life of keys', () => {
  let world: World
  let controller: Controller
  let repository: string
  /** What each Secret has to hold. */
  const values = new Map<string, string>()
  /** SealedSecrets that are in the cluster alone. */
  const alone: string[] = []

  beforeAll(async () => {
    world = await startWorld({ keys: KEYS, network: true })
    await runPod(world)
    repository = join(world.plane.dir, 'repository')
    mkdirSync(repository)
    await world.plane.kubectl(['create', 'namespace', NAMESPACE])
    await Promise.all(KEYS.map((key, index) => sealWith(key, index)))
    await world.plane.kubectl(['create', '-f', repository])
    // Every second one has no file.
    for (const [index, file] of files().entries()) if (index % 2 === 0) alone.push(file)
    const elsewhere = join(world.plane.dir, 'elsewhere')
    mkdirSync(elsewhere)
    await world.plane.run('mv', [...alone.map((file) => join(repository, file)), elsewhere])
    controller = await startBehindService(world)
    await world.eventually('all are open', areOpen)
  })
  afterAll(() => world?.stop())

  const files = (): string[] => readdirSync(repository).toSorted()
  const waxseal = (...args: readonly string[]) => world.cli('waxseal', args)
  const rotate = (...args: readonly string[]) =>
    waxseal('keys', 'rotate', '--bits', '2048', '--cluster', '--retire-old', '--yes', ...args, repository)
  const backup = (): string => join(world.plane.dir, 'keys.gpg')
  const target = (): readonly string[] => ['--backup', backup(), '--recipient', `${OPENPGP}alice.public.asc`]

  async function sealWith(key: string, index: number): Promise<void> {
    const names = Array.from({ length: COUNT }, (_, at) => `s${at}`).filter((_, at) => at % KEYS.length === index)
    const secrets = names.map((name) => {
      values.set(name, world.marker(name))
      return plainSecret(NAMESPACE, name, { password: values.get(name) ?? '' })
    })
    const template = join(repository, '{name}.yaml')
    const args = ['seal', '--cert', certificateFile(key), '--output-template', template]
    const { code, stderr } = await world.cli('waxseal', args, {
      stdin: secrets.map((each) => JSON.stringify(each)).join('\n'),
    })
    expect([code, stderr]).toEqual([0, expect.anything()])
  }

  /** In the network of its own only processes reach the API server. */
  async function objects<T extends StoredObject>(kind: string): Promise<readonly T[]> {
    return answerOf<ListOf<T>>(await world.plane.kubectl(['get', kind, '-n', NAMESPACE, '-o', 'json'])).items
  }

  function isComplete(secrets: readonly StoredSecret[]): boolean {
    const opened = new Map(secrets.map((secret) => [secret.metadata.name, decoded(secret).password]))
    return [...values].every(([name, value]) => opened.get(name) === value)
  }

  const versions = (): Promise<string> => {
    const template = '{range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}'
    return world.plane.kubectl(['get', 'secrets,sealedsecrets', '-A', '-o', `jsonpath=${template}`])
  }

  const areOpen = async (): Promise<boolean> => isComplete(await objects<StoredSecret>('secrets'))

  async function listed(): Promise<readonly Listed[]> {
    const { code, stdout } = await waxseal('keys', 'list', '-o', 'json')
    expect(code).toBe(0)
    return answerOf<Listed[]>(stdout)
  }

  const states = async (): Promise<readonly string[]> =>
    (await listed()).map(({ state, seals }) => (seals ? `${state}, seals` : state)).toSorted()

  test('list names keys as kubectl does', async () => {
    const { stdout } = await waxseal('keys', 'list', '-o', 'name')
    const names = stdout.trim().split('\n')
    expect(names).toHaveLength(KEYS.length)
    const found = await world.plane.kubectl(['get', '-n', 'kube-system', '-o', 'name', ...names])
    expect(found.trim().split('\n').toSorted()).toEqual(names.toSorted())
  })

  test('list tells what needs each key', async () => {
    const needed = await world.eventually('the status of all', async () => {
      const rows = await listed()
      return rows.reduce((sum, { sealedSecrets }) => sum + (sealedSecrets ?? 0), 0) === COUNT && rows
    })
    expect(needed.map(({ sealedSecrets }) => String(sealedSecrets)).toSorted()).toEqual(['66', '67', '67'])
  })

  test('a dry run changes nothing; without a backup there is no rotation', async () => {
    const before = await versions()
    const { code, stdout } = await rotate('--dry-run', '--no-backup', '-o', 'json')
    const { keys, needs } = answerOf<Rotated>(stdout)
    const inCluster = needs.filter(({ where }) => where === 'cluster').length
    expect([code, keys.length, needs.length - inCluster, inCluster]).toEqual([0, 1 + KEYS.length, COUNT / 2, COUNT])
    expect(await rotate()).toMatchObject({ code: 2 })
    expect(await versions()).toEqual(before)
  })

  test('who may read the keys but not change them is told so, and nothing has changed', async () => {
    await world.plane.kubectl(['create', 'serviceaccount', 'reader', '-n', 'default'])
    const rights = ['--verb=get,list,watch', '--resource=secrets,sealedsecrets.bitnami.com']
    await world.plane.kubectl(['create', 'clusterrole', 'reader', ...rights])
    const bound = ['--clusterrole=reader', '--serviceaccount=default:reader']
    await world.plane.kubectl(['create', 'clusterrolebinding', 'reader', ...bound])
    const token = await world.plane.kubectl(['create', 'token', 'reader', '-n', 'default'])
    const kubeconfig = world.plane.kubeconfigFor('reader', { token: token.trim() })
    const before = await versions()
    const args = ['keys', 'rotate', '--bits', '2048', '--cluster', '--retire-old', '--yes', ...target(), repository]
    const { code, stderr } = await world.cli('waxseal', args, { kubeconfig })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/right to create on secrets in namespace \S+ is missing \(403\)\nhint: /),
    ])
    expect(await versions()).toEqual(before)
  })

  test('the controller being away, the rotation waits, gives up, and loses nothing', async () => {
    await controller.end('SIGTERM')
    const away = await rotate(...target(), '--timeout', '2')
    expect(away.code).toBe(1)
    expect(away.stderr).toMatch(/error: the controller does not seal with the new key after 2 s: /)
    expect(await states()).toEqual(['active', 'active', 'active', 'active, seals'])
    controller = await startBehindService(world)
  })

  test('the same command goes on: seals again, and keeps active what is needed until the repository is applied', async () => {
    const first = await rotate(...target(), '-o', 'json')
    expect(first.stderr).toMatch(/the controller seals with it \(all 1 replicas\)\n/)
    expect(first.stderr).toMatch(/cluster: 100 sealed again, 0 sealed for this key before, 100 left\n/)
    expect(first.stderr).toMatch(/error: 100 SealedSecrets still need old keys, or may\nhint: /)
    expect(first.code).toBe(1)
    const { sealedSecrets, needs } = answerOf<Rotated>(first.stdout)
    const became = sealedSecrets.map(({ file, result }) => `${file === undefined ? 'object' : 'file'} ${result}`)
    const counts = Object.entries(Object.groupBy(became, (each) => each)).map(([each, all]) => [each, all?.length])
    expect(Object.fromEntries(counts)).toEqual({ 'file resealed': 100, 'object resealed': 100, 'object left': 100 })
    expect(needs).toHaveLength(100)
    expect(await states()).toEqual(['active', 'active', 'active', 'active, seals'])
    await world.plane.kubectl(['replace', '-f', repository])
    const second = await rotate(...target())
    expect([second.code, second.stderr]).toEqual([
      0,
      expect.stringMatching(/(?:\S+ \([0-9a-f]{12}\) is retired now\n){3}$/),
    ])
    expect(await states()).toEqual(['active, seals', 'retired', 'retired', 'retired'])
    const [newest] = (await listed()).filter(({ seals }) => seals)
    await world.eventually('the controller opened all with the new key', async () =>
      (await listed()).some(
        ({ fingerprint, sealedSecrets }) => fingerprint === newest?.fingerprint && sealedSecrets === COUNT,
      ),
    )
    expect(await areOpen()).toBe(true)
  })

  test('gpg opens the backup; prune deletes what it holds and nothing needs', async () => {
    const home = join(world.plane.dir, 'gnupg')
    mkdirSync(home, { mode: 0o700 })
    const gpg = (...args: readonly string[]) => world.plane.run('gpg', ['--homedir', home, '--batch', ...args])
    expect((await gpg('--import', `${OPENPGP}alice.secret.asc`)).code).toBe(0)
    const opened = await gpg('-d', backup())
    expect(opened.code).toBe(0)
    expect(opened.stdout.match(/^kind: Secret$/gm)).toHaveLength(4)
    const before = await listed()
    await world.plane.kubectl(['apply', '-f', POLICY])
    const remove = [
      'delete',
      'secret',
      before.find(({ seals }) => !seals)?.name ?? '',
      '-n',
      'kube-system',
      '--dry-run=server',
    ]
    await world.eventually('the policy keeps keys', async () => {
      const refused = await world.plane.kubectl(remove).catch((error: Error) => error.message)
      return refused.includes('have a backup')
    })
    const pruned = await waxseal(
      ...['keys', 'prune', '--yes', '--backup', backup(), '--openpgp-key', `${OPENPGP}alice.secret.asc`, repository],
    )
    expect(pruned).toMatchObject({ code: 0 })
    const old = before.filter(({ seals }) => !seals).map(({ fingerprint }) => fingerprint)
    expect(pruned.stdout.trim().split('\n').toSorted()).toEqual(old.toSorted())
    expect(await states()).toEqual(['active, seals'])
  })

  test('doctor is content, and tells who may read the keys', async () => {
    const healthy = await waxseal('keys', 'doctor')
    expect([healthy.code, healthy.stdout]).toEqual([0, expect.stringMatching(/^ok +every key is in a backup$/m)])
    expect(healthy.stdout).toMatch(/^ok +the clocks here and in the cluster agree$/m)
    expect(healthy.stdout).toMatch(/^ok +none of 200 SealedSecrets fails$/m)
    expect(healthy.stdout).toMatch(/^ok +you may prune keys$/m)
    expect(healthy.stdout).toMatch(/^warning +by RBAC these may read the keys: ServiceAccount default\/reader: /m)
    const bound = ['--clusterrole=reader', '--group=system:authenticated']
    await world.plane.kubectl(['create', 'clusterrolebinding', 'everybody', ...bound])
    await world.eventually('the right is there', async () => {
      const { code, stdout } = await waxseal('keys', 'doctor')
      return code === 1 && /^error +everybody in the group system:authenticated may read the keys: /m.test(stdout)
    })
    await world.plane.kubectl(['delete', 'clusterrolebinding', 'everybody'])
  })

  test('after a disaster everything opens again in a new cluster, in a controller that runs already', async () => {
    const sealed = await objects<StoredObject & NewObject>('sealedsecrets')
    const other = await startWorld()
    try {
      const running = await other.startController()
      await other.namespace(NAMESPACE)
      for (const { apiVersion, kind, metadata, spec } of sealed) {
        const { name, namespace, annotations } = metadata
        await other.create({ apiVersion, kind, metadata: { name, namespace, annotations }, spec })
      }
      expect(isComplete(await other.list('Secret', NAMESPACE))).toBe(false)
      const restore = ['keys', 'restore', backup(), '--openpgp-key', `${OPENPGP}alice.secret.asc`]
      const restored = await other.cli('waxseal', restore)
      expect([restored.code, restored.stderr]).toEqual([0, expect.stringMatching(/4 of 4 keys restored/)])
      await other.eventually('all are open again', async () => isComplete(await other.list('Secret', NAMESPACE)))
      expect(running.running).toBe(true)
    } finally {
      await other.stop()
    }
  })
})
