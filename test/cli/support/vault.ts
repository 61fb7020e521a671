/** The folder of a controller with one key, and a repository with the SealedSecrets that are in it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { answerOf } from '../../kube/json.ts'
import { type Sandbox, sandbox, secretYaml } from './sandbox.ts'

export const BIN: string = new URL('../../../packages/cli/bin/waxseal.js', import.meta.url).pathname
export const CONTROLLER: string = new URL('../../../packages/controller/bin/waxseal-controller.js', import.meta.url)
  .pathname
export const VAULT: readonly string[] = ['--directory', 'vault']
export const PASSPHRASE = { WAXSEAL_PASSPHRASE: 'correct horse' } as const
const NAMES = ['a', 'b', 'c']

/** A rotation that asks before each step. */
export const ASKING_ROTATE: readonly string[] = [
  ...['keys', 'rotate', ...VAULT, '--backup', 'keys.gpg', '--bits', '2048', '--retire-old', 'repository'],
]
export const ROTATE: readonly string[] = [...ASKING_ROTATE, '--yes']

interface Listed {
  readonly fingerprint: string
  readonly name: string
  readonly state: string
  readonly seals: boolean
}

/** The key is called `first`; everything of the repository is committed. */
export async function vault(names: readonly string[] = NAMES): Promise<Sandbox> {
  const box = sandbox()
  expect((await box.waxseal(['keys', 'generate', '--bits', '2048'])).code).toBe(0)
  const given = ['keys', 'import', '--cert', 'cert.pem', '--key', 'key.pem', '--name', 'first', ...VAULT]
  expect((await box.waxseal(given)).code).toBe(0)
  mkdirSync(join(box.folder, 'repository'))
  await sealInto(box, 'repository', names)
  cpSync(join(box.folder, 'repository'), join(box.folder, 'vault/sealed'), { recursive: true })
  commit(box, 'repository')
  return box
}

/** Seals a Secret of each name for the first key. */
export async function sealInto(box: Sandbox, folder: string, names: readonly string[]): Promise<void> {
  const stdin = names.map((name) => secretYaml(name, { password: `of ${name}` })).join('---\n')
  const seal = ['seal', '--cert', 'cert.pem', '--output-template', `${folder}/{name}.yaml`]
  expect((await box.waxseal(seal, { stdin })).code).toBe(0)
}

/** Commits everything in the folder, which is a repository afterwards. */
export function commit(box: Sandbox, folder: string): void {
  const cwd = join(box.folder, folder)
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com']
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...identity, 'commit', '-qm', 'sealed'],
  ])
    expect(spawnSync('git', args, { cwd }).status).toBe(0)
}

export async function listed(box: Sandbox): Promise<readonly Listed[]> {
  const { stdout } = await box.waxseal(['keys', 'list', ...VAULT, '-o', 'json'])
  return answerOf<Listed[]>(stdout)
}

export const stateOf = async (box: Sandbox): Promise<readonly string[]> =>
  (await listed(box)).map(({ state, seals }) => (seals ? `${state}, seals` : state))

/** Opens all of them anew, as the controller does. */
export function expectAllOpen({ folder }: Sandbox, count = NAMES.length): void {
  rmSync(join(folder, 'vault/secrets'), { recursive: true, force: true })
  const { stdout } = spawnSync(process.execPath, [CONTROLLER, ...VAULT, '--once'], { cwd: folder })
  expect(stdout.toString()).toBe(`opened ${count} of ${count} SealedSecrets\n`)
}
