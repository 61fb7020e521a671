/** kubeseal --validate, --re-encrypt, --raw and --merge-into with the real controller behind the API server's service proxy. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CommandOptions, CommandResult } from '../kube/command.ts'
import { describeWithNetwork } from '../kube/describe.ts'
import { answerOf } from '../kube/json.ts'
import type { Controller } from './helpers/controller.ts'
import { decoded, plainSecret, type StoredSealedSecret, type StoredSecret } from './helpers/objects.ts'
import { runPod, startBehindService } from './helpers/pod.ts'
import { certificateFile, keySecret } from './helpers/vectors.ts'
import { startWorld, type World } from './helpers/world.ts'

/** Every value that was sealed here. */
const PLAIN: string[] = []

function value(name: string): string {
  const text = `plaintext-${name}`
  PLAIN.push(text)
  return text
}

const HOME = 'kube-system'
const ALPHA = certificateFile('alpha')

describeWithNetwork('kubeseal with the controller', () => {
  let world: World
  /** An account without any right but those that everybody has. */
  let jane: string
  let controller: Controller
  let sealed: string

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'], network: true })
    await world.plane.kubectl(['create', 'namespace', 'demo'])
    await world.plane.kubectl(['create', 'serviceaccount', 'jane', '-n', 'default'])
    const token = await world.plane.kubectl(['create', 'token', 'jane', '-n', 'default'])
    jane = world.plane.kubeconfigFor('jane', { token: token.trim() })
    await runPod(world)
    controller = await startBehindService(world)
    const stdin = JSON.stringify(plainSecret('demo', 'mine', { a: value('a'), b: value('b') }))
    sealed = (await kubeseal(['--cert', ALPHA, '-o', 'yaml'], { stdin })).stdout
    await world.eventually('the controller answers', async () => (await kubeseal(['--fetch-cert'])).code === 0)
  })
  afterAll(() => world?.stop())

  const kubeseal = (args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> =>
    world.cli('kubeseal', args, { kubeconfig: jane, ...options })

  const file = (name: string, text: string): string => {
    const path = join(world.plane.dir, name)
    writeFileSync(path, text)
    return path
  }

  /** The Secret that the controller makes of a manifest, once it says that it has. */
  async function opened(text: string): Promise<Readonly<Record<string, string>>> {
    await world.plane.kubectl(['apply', '-f', '-'], text)
    const get = (kind: string): Promise<string> =>
      world.plane.kubectl(['get', kind, 'mine', '-n', 'demo', '-o', 'json'])
    await world.eventually('it is opened', async () => {
      const { metadata, status } = answerOf<StoredSealedSecret>(await get('sealedsecret'))
      const isPresent = status?.observedGeneration === metadata.generation
      return isPresent && status?.conditions?.[0]?.status === 'True'
    })
    return decoded(answerOf<StoredSecret>(await get('secret')))
  }

  test('--validate: what opens, and what does not', async () => {
    expect(await kubeseal(['--validate'], { stdin: sealed })).toEqual({ code: 0, stdout: '', stderr: '' })
    for (const [from, to] of [
      ['name: mine', 'name: other'],
      ['namespace: demo', 'namespace: other'],
    ] as const) {
      const { code, stdout, stderr } = await kubeseal(['--validate'], { stdin: sealed.replace(from, to) })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^error: unable to decrypt sealed secret\nhint: .*\n$/)
    }
    const { stderr } = await kubeseal(['--validate'], { stdin: sealed.replace(/ a: .*/, ' a: "*"') })
    expect(stderr).toMatch(/^error: /)
  })

  test('--merge-into and --raw seal for the certificate of the cluster', async () => {
    const path = file('merged.yaml', `# ours\n${sealed}`)
    const token = value('token')
    const stdin = JSON.stringify(plainSecret('demo', 'mine', { token }))
    expect(await kubeseal(['--merge-into', path], { stdin })).toEqual({ code: 0, stdout: '', stderr: '' })
    const text = readFileSync(path, 'utf8')
    expect(text.startsWith('# ours\n')).toBe(true)
    const raw = value('raw')
    const { stdout } = await kubeseal(['--raw', '-n', 'demo', '--name', 'mine'], { stdin: raw })
    const values = await opened(text.replace(/^( *)a: .*/m, `$1a: ${stdout}`))
    expect(values).toEqual({ ...values, a: raw, token })
  })

  test('--re-encrypt: in place for the newest key, and the controller opens it', async () => {
    await world.plane.kubectl(['create', '-f', '-'], JSON.stringify(keySecret('bravo', HOME)))
    const bravo = readFileSync(certificateFile('bravo'), 'utf8')
    await world.eventually('bravo is in use', async () => (await kubeseal(['--fetch-cert'])).stdout === bravo)
    const path = file('sealed.yaml', `# ours\n${sealed}`)
    expect(await kubeseal(['--re-encrypt', '-f', path])).toEqual({ code: 0, stdout: '', stderr: '' })
    const text = readFileSync(path, 'utf8')
    const masked = (all: string): string => all.replaceAll(/: AQ[A-Za-z0-9+/]+=*|: Ag[A-Za-z0-9+/]+=*/g, ': <sealed>')
    expect(masked(text)).toBe(masked(`# ours\n${sealed}`))
    const key = certificateFile('bravo').replace('.crt', '.key')
    const offline = await kubeseal(['--recovery-unseal', '--recovery-private-key', key, '-f', path])
    expect(offline.code).toBe(0)
    const expected = decoded(answerOf<StoredSecret>(offline.stdout))
    expect(await opened(text)).toEqual(expected)
    const rotated = await kubeseal(['--rotate'], { stdin: sealed })
    expect(rotated).toMatchObject({ code: 0, stderr: expect.stringContaining('--re-encrypt') as unknown })
    expect(await opened(rotated.stdout)).toEqual(expected)
  })

  test('the template’s annotation does not widen the scope (CVE-2026-22728)', async () => {
    const annotation = 'annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"}'
    const widened = sealed.replace(/^( {2}template:\n {4}metadata:\n)/m, `$1      ${annotation}\n`)
    expect(widened).toContain(annotation)
    const { stdout } = await kubeseal(['--re-encrypt', '-o', 'yaml'], { stdin: widened })
    const moved = stdout.replaceAll('name: mine', 'name: stolen')
    expect(await kubeseal(['--validate'], { stdin: stdout })).toMatchObject({ code: 0 })
    expect(await kubeseal(['--validate'], { stdin: moved })).toMatchObject({ code: 1 })
  })

  test('what does not open is not rotated, and the file stays', async () => {
    const text = sealed.replace('name: mine', 'name: other')
    const path = file('other.yaml', text)
    const { code, stdout, stderr } = await kubeseal(['--re-encrypt', '-f', path])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error: .*other\.yaml: the controller cannot open it \(409\)\nhint: /)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('no plaintext in the log', () => {
    for (const text of PLAIN) {
      expect(controller.log).not.toContain(text)
      expect(controller.log).not.toContain(Buffer.from(text).toString('base64'))
    }
  })
})
