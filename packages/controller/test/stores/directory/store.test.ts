import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeYaml } from '@waxseal/core/documents'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assemble } from '../../../src/assemble.ts'
import { systemClock } from '../../../src/clock.ts'
import { FileProblem } from '../../../src/log/describe.ts'
import { Metrics } from '../../../src/metrics.ts'
import { runOnce } from '../../../src/once.ts'
import { type DirectoryStore, openDirectoryStore } from '../../../src/stores/directory/index.ts'
import { eventually } from '../../helpers/eventually.ts'
import { base64, keyPem, type SealedManifest, sealedManifest } from '../../helpers/material.ts'
import { Recorder } from '../../helpers/recorder.ts'
import { type RunningController, runController, SETTINGS } from '../../helpers/run-controller.ts'
import { inProcess } from '../../helpers/templates.ts'

let folder: string
let log: Recorder
const running: RunningController[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waxseal-'))
  log = new Recorder()
  await mkdir(at('keys'), { mode: 0o700 })
  await mkdir(at('sealed'))
  const { certificatePem, privateKeyPem } = await keyPem('alpha')
  await writeFile(at('keys', 'first.crt'), certificatePem)
  await writeFile(at('keys', 'first.key'), privateKeyPem)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
  await rm(folder, { recursive: true, force: true })
})

const at = (...parts: string[]): string => join(folder, ...parts)
const openStore = (): Promise<DirectoryStore> =>
  openDirectoryStore(folder, { controllerNamespace: 'kube-system', clock: systemClock, log })
const start = async (): Promise<RunningController> => {
  const controller = await runController(await openStore())
  running.push(controller)
  await controller.settled()
  return controller
}
const once = async () => {
  const store = await openStore()
  const metrics = new Metrics('test')
  const parts = { clock: systemClock, random: Math.random, log, metrics, templates: inProcess }
  const world = { store, ...parts, generate: () => keyPem('alpha') }
  return runOnce({ store, dryRun: false, ...assemble(world, SETTINGS) })
}
const sealed = (name: string, namespace = 'team'): Promise<SealedManifest> =>
  sealedManifest({ namespace, name }, { a: '1' })
const put = async (file: string, ...manifests: unknown[]): Promise<void> => {
  const texts: string[] = []
  for (const one of manifests) texts.push(typeof one === 'string' ? one : await writeYaml(one))
  await writeFile(at('sealed', file), texts.join('---\n'))
}
const exists = (...parts: string[]): Promise<boolean> =>
  lstat(at(...parts)).then(
    () => true,
    () => false,
  )
const gone = (...parts: string[]): Promise<true> =>
  eventually(async () => ((await exists(...parts)) ? undefined : true))
const mode = async (...parts: string[]): Promise<number> => (await stat(at(...parts))).mode & 0o777

describe('files', () => {
  test('Secrets, keys and their folders are readable by the owner only, and nothing temporary stays', async () => {
    await rm(at('keys', 'first.crt'))
    await rm(at('keys', 'first.key'))
    await put('a.yaml', await sealed('a'))
    await start()
    const [key = ''] = await readdir(at('keys'))
    expect(await mode('keys', key)).toBe(0o600)
    expect(await mode('keys')).toBe(0o700)
    await rm(at('sealed', 'a.yaml'))
    await put('a.yaml', await sealed('b'))
    await eventually(async () => ((await exists('secrets', 'team', 'b.yaml')) ? true : undefined))
    expect(await mode('secrets', 'team', 'b.yaml')).toBe(0o600)
    expect(await mode('secrets')).toBe(0o700)
    expect(await mode('secrets', 'team')).toBe(0o700)
    expect(await readdir(at('secrets', 'team'))).toEqual(['b.yaml'])
  })

  test('the key Secret can be applied to a cluster', async () => {
    await rm(at('keys', 'first.crt'))
    await rm(at('keys', 'first.key'))
    await start()
    const [key = ''] = await readdir(at('keys'))
    const text = await readFile(at('keys', key), 'utf8')
    expect(text).toContain('namespace: kube-system')
    expect(text).toContain('sealedsecrets.bitnami.com/sealed-secrets-key: active')
    expect(text).toContain('type: kubernetes.io/tls')
  })

  test('several documents, other kinds, JSON, folders, and no namespace', async () => {
    await mkdir(at('sealed', 'deep', 'er'), { recursive: true })
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: {} }
    await put('many.yml', await sealed('one'), config, await sealed('two'))
    await writeFile(at('sealed', 'deep', 'er', 'three.json'), JSON.stringify(await sealed('three')))
    const plain = await sealed('four', 'default')
    await put('four.yaml', { ...plain, metadata: { name: 'four' } })
    await writeFile(at('sealed', 'notes.txt'), 'not a manifest')
    await start()
    expect((await readdir(at('secrets', 'team'))).toSorted()).toEqual(['one.yaml', 'three.yaml', 'two.yaml'])
    expect(await readdir(at('secrets', 'default'))).toEqual(['four.yaml'])
  })

  test('a file that does not parse is named, and stops neither others nor what it declared before', async () => {
    await put('good.yaml', await sealed('good'))
    await put('edited.yaml', await sealed('edited'))
    await start()
    await put('edited.yaml', 'apiVersion: bitnami.com/v1alpha1\nkind: [SealedSecret\n')
    await eventually(() => log.lines.find(({ path }) => path === 'edited.yaml'))
    expect(await eventually(() => readFile(at('status', 'problems.yaml'), 'utf8'))).toContain('edited.yaml')
    await put('new.yaml', await sealed('new'))
    await eventually(async () => ((await exists('secrets', 'team', 'new.yaml')) ? true : undefined))
    expect(await exists('secrets', 'team', 'edited.yaml')).toBe(true)
    await rm(at('sealed', 'edited.yaml'))
    await gone('secrets', 'team', 'edited.yaml')
    await gone('status', 'problems.yaml')
  })

  test('while a file cannot be read nothing is removed at a start either', async () => {
    await put('a.yaml', await sealed('a'))
    const first = await start()
    await first.stop()
    await put('a.yaml', '{')
    await start()
    expect(await exists('secrets', 'team', 'a.yaml')).toBe(true)
  })

  test('what two files declare is refused with both names', async () => {
    await put('a.yaml', await sealed('same'))
    await put('b.yaml', await sealed('same'))
    await start()
    expect(await exists('secrets', 'team', 'same.yaml')).toBe(false)
    const status = await readFile(at('status', 'team', 'same.yaml'), 'utf8')
    expect(status).toContain('declared in a.yaml and b.yaml; keep one of them')
    await rm(at('sealed', 'b.yaml'))
    await eventually(async () => ((await exists('secrets', 'team', 'same.yaml')) ? true : undefined))
  })

  test.each(['../../outside', '..', 'a/b', '.hidden', 'UPPER', 'x'.repeat(300), ''])(
    'the name %j leads nowhere',
    async (name) => {
      const manifest = await sealed('x')
      await put('bad.yaml', { ...manifest, metadata: { ...manifest.metadata, name } })
      await put('bad-too.yaml', { ...manifest, metadata: { ...manifest.metadata, namespace: name || '../x' } })
      await start()
      expect(log.lines.map(({ path }) => path)).toEqual(expect.arrayContaining(['bad.yaml', 'bad-too.yaml']))
      expect((await readdir(folder)).toSorted()).toEqual(['cert.pem', 'keys', 'sealed', 'secrets', 'status'])
      expect(await readdir(at('secrets'))).toEqual([])
    },
  )

  test('an editor that replaces the file loses nothing', async () => {
    await put('a.yaml', await sealed('a'))
    await start()
    await writeFile(
      at('sealed', '.a.yaml.swp'),
      await writeYaml(await sealedManifest({ namespace: 'team', name: 'a' }, { a: '2' })),
    )
    await rename(at('sealed', '.a.yaml.swp'), at('sealed', 'a.yaml'))
    const text = await eventually(async () => {
      const now = await readFile(at('secrets', 'team', 'a.yaml'), 'utf8')
      return now.includes(base64('2')) ? now : undefined
    })
    expect(text).toContain('ownerReferences')
  })
})

describe('links', () => {
  test('a link in place of a Secret is not written through', async () => {
    await writeFile(at('outside.txt'), 'untouched')
    await mkdir(at('secrets', 'team'), { recursive: true })
    await symlink(at('outside.txt'), at('secrets', 'team', 'a.yaml'))
    await put('a.yaml', await sealed('a'))
    await start()
    expect(await readFile(at('outside.txt'), 'utf8')).toBe('untouched')
    expect(await readFile(at('status', 'team', 'a.yaml'), 'utf8')).toContain('already exists and is not managed')
  })

  test('a link in place of a namespace is not followed', async () => {
    await mkdir(at('elsewhere'))
    await mkdir(at('secrets'))
    await symlink(at('elsewhere'), at('secrets', 'team'))
    await put('a.yaml', await sealed('a'))
    await start()
    expect(await readdir(at('elsewhere'))).toEqual([])
    expect(await readFile(at('status', 'team', 'a.yaml'), 'utf8')).toContain('links are not followed')
  })

  test('a link in place of the folder of Secrets is refused', async () => {
    await mkdir(at('elsewhere'))
    await symlink(at('elsewhere'), at('secrets'))
    await expect(openStore()).rejects.toThrow(/secrets is not a folder \(links are not followed\)/)
  })

  test('links to input files work, as in a mounted ConfigMap', async () => {
    await mkdir(at('sealed', '..data'))
    await writeFile(at('sealed', '..data', 'a.yaml'), await writeYaml(await sealed('a')))
    await symlink(join('..data', 'a.yaml'), at('sealed', 'a.yaml'))
    await start()
    expect(await readdir(at('secrets', 'team'))).toEqual(['a.yaml'])
  })
})

describe('foreign files', () => {
  test('stay as they are, whatever is in them', async () => {
    await mkdir(at('secrets', 'team'), { recursive: true })
    await writeFile(at('secrets', 'team', 'a.yaml'), 'my own notes\n')
    await writeFile(at('secrets', 'readme.txt'), 'hello')
    await put('a.yaml', await sealed('a'))
    await start()
    expect(await readFile(at('secrets', 'team', 'a.yaml'), 'utf8')).toBe('my own notes\n')
    await rm(at('sealed', 'a.yaml'))
    await gone('status', 'team', 'a.yaml')
    expect(await readFile(at('secrets', 'team', 'a.yaml'), 'utf8')).toBe('my own notes\n')
  })

  test('a Secret whose SealedSecret went while nobody watched is removed at the next start', async () => {
    await put('a.yaml', await sealed('a'))
    const first = await start()
    await first.stop()
    await rm(at('sealed', 'a.yaml'))
    await start()
    expect(await exists('secrets', 'team', 'a.yaml')).toBe(false)
    expect(await exists('status', 'team', 'a.yaml')).toBe(false)
  })

  test('a touched Secret opens once at the next start and is not written', async () => {
    await put('a.yaml', await sealed('a'))
    const first = await start()
    await first.stop()
    const before = await readFile(at('secrets', 'team', 'a.yaml'), 'utf8')
    const { ino } = await stat(at('secrets', 'team', 'a.yaml'))
    await utimes(at('secrets', 'team', 'a.yaml'), 1, 1)
    const second = await start()
    expect(second.rsaOperations()).toBe(1)
    expect(await readFile(at('secrets', 'team', 'a.yaml'), 'utf8')).toBe(before)
    expect((await stat(at('secrets', 'team', 'a.yaml'))).ino).toBe(ino)
  })
})

test('keys as kubectl exports them: a List', async () => {
  const { certificatePem, privateKeyPem } = await keyPem('bravo')
  const data = { 'tls.crt': base64(certificatePem), 'tls.key': base64(privateKeyPem) }
  const labels = { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'k', namespace: 'ops', labels }, data }
  await writeFile(at('keys', 'export.yaml'), await writeYaml({ apiVersion: 'v1', kind: 'List', items: [secret] }))
  const store = await openStore()
  const controller = await runController(store)
  running.push(controller)
  expect(
    store
      .keySecrets()
      .map(({ namespace, name }) => `${namespace}/${name}`)
      .toSorted(),
  ).toEqual(['kube-system/first', 'ops/k'])
})

test('others who may read the keys are reported', async () => {
  await rm(at('keys'), { recursive: true })
  await mkdir(at('keys'), { mode: 0o755 })
  await openStore()
  expect(log.lines[0]).toMatchObject({ level: 'warn', path: at('keys') })
})

test('a folder that is not there is an error with the line to run', async () => {
  const opening = openDirectoryStore(at('nope'), { controllerNamespace: 'x', clock: systemClock, log })
  await expect(opening).rejects.toMatchObject({
    message: `${at('nope')}: no such folder`,
    hint: `make it: mkdir -p ${at('nope')}/sealed`,
  })
  await expect(opening).rejects.toBeInstanceOf(FileProblem)
})

describe('once', () => {
  test('says how many opened', async () => {
    await put('a.yaml', await sealed('a'), await sealed('b'))
    expect(await once()).toEqual({
      summary: 'opened 2 of 2 SealedSecrets',
      notes: [],
      errors: [],
      exitCode: 0,
    })
  })

  test('says when it made a key and found nothing', async () => {
    await rm(at('keys'), { recursive: true })
    expect(await once()).toEqual({
      summary: 'opened 0 of 0 SealedSecrets',
      notes: [
        expect.stringMatching(/^note: found no key, made kube-system\/sealed-secrets-key/),
        'note: found no SealedSecrets',
      ],
      errors: [],
      exitCode: 0,
    })
  })

  test('names what did not open and what could not be read', async () => {
    await put(
      'a.yaml',
      await sealed('a'),
      await sealedManifest({ namespace: 'team', name: 'b' }, { x: '1' }, { key: 'bravo' }),
    )
    await put('c.yaml', '{')
    expect(await once()).toMatchObject({
      summary: 'opened 1 of 2 SealedSecrets; 1 file not read',
      errors: ['error: team/b: no key could decrypt secret (x)', expect.stringMatching(/^error: c\.yaml: /)],
      exitCode: 1,
    })
  })
})
