/** Both programs on one repository, in every order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ATTRIBUTES, expectOk, PLAIN } from './support/secrets.ts'
import { hasGitCrypt, isEncrypted, makeWorld, type Repo, type Result, type World } from './support/world.ts'

type Tool = (repo: Repo, ...args: readonly string[]) => Result
const TOOLS: Readonly<Record<string, Tool>> = {
  waxseal: (repo, ...args) => repo.waxseal(...args),
  'git-crypt': (repo, ...args) => repo.gitCrypt(...args),
}
const PAIRS = Object.entries(TOOLS).flatMap(([a, one]) =>
  Object.entries(TOOLS).flatMap(([b, other]) => (a === b ? [] : [{ a, b, one, other }])),
)

let world: World
beforeAll(() => {
  world = makeWorld()
})
afterAll(() => world.remove())

const FILES: Readonly<Record<string, string>> = {
  ...PLAIN,
  'empty.secret': '',
  'big.secret': 'x'.repeat(300_000),
  'a name with spaces.secret': 'spaces\n',
  'ünï.secret': 'unicode\n',
}

/** Made and committed with one tool, its key exported with it. */
function made(tool: Tool, name: string): { repo: Repo; key: string } {
  const repo = world.repository(name)
  expectOk(tool(repo, 'init'))
  repo.write('.gitattributes', ATTRIBUTES)
  for (const [path, content] of Object.entries(FILES)) repo.write(path, content)
  repo.commit('secrets')
  const key = world.path(`${name}.key`)
  expectOk(tool(repo, 'export-key', key))
  return { repo, key }
}

const dirty = (repo: Repo): string => repo.git('status', '--porcelain', '-uno')

function expectPlain(repo: Repo): void {
  for (const [path, content] of Object.entries(FILES)) {
    expect([path, repo.read(path).toString()]).toEqual([path, content])
    expect([path, isEncrypted(repo.blob(path))]).toEqual([path, true])
  }
  expect(dirty(repo)).toBe('')
}

function expectLocked(repo: Repo): void {
  for (const path of Object.keys(FILES)) expect([path, isEncrypted(repo.read(path))]).toEqual([path, true])
  expect(dirty(repo)).toBe('')
}

describe.skipIf(!hasGitCrypt).each(PAIRS)('made with $a, used with $b', ({ a, b, one, other }) => {
  it('unlocks, changes, locks', () => {
    const { repo, key } = made(one, `${a} to ${b}`)
    const clone = world.clone(repo, `${a} to ${b} clone`)
    expectOk(other(clone, 'unlock', key))
    expectPlain(clone)
    clone.write('new.secret', 'new\n')
    clone.commit('new')
    repo.git('pull', '-q', clone.folder, 'main')
    expect(repo.read('new.secret').toString()).toBe('new\n')
    expectOk(other(clone, 'lock'))
    expectLocked(clone)
    expect(other(clone, 'lock').code).toBe(1)
  })

  it('takes an unlocked clone over, and gives it back', () => {
    const { repo, key } = made(one, `${a} then ${b}`)
    expectOk(other(repo, 'status'))
    expectOk(other(repo, 'export-key', world.path(`${a} ${b} again.key`)))
    expect(repo.run('cmp', [key, world.path(`${a} ${b} again.key`)]).code).toBe(0)
    expectOk(other(repo, 'lock'))
    expectLocked(repo)
    expectOk(one(repo, 'unlock', key))
    expectPlain(repo)
    expectOk(one(repo, 'lock'))
    expectLocked(repo)
    expectOk(other(repo, 'unlock', key))
    expectPlain(repo)
    expectOk(one(repo, 'lock'))
    expectLocked(repo)
  })

  it('makes the same blobs', () => {
    const { repo, key } = made(one, `${a} same ${b}`)
    for (const [path, content] of Object.entries(FILES)) {
      const cleaned = repo.run(...command(b, 'clean', key), { input: content }).bytes
      expect([path, cleaned.equals(repo.blob(path))]).toEqual([path, true])
      const smudged = repo.run(...command(b, 'smudge', key), { input: repo.blob(path) }).out
      expect([path, smudged]).toEqual([path, content])
    }
  })

  it('reads the same keys: named, generated, migrated', () => {
    const repo = world.repository(`${a} keys ${b}`)
    expectOk(one(repo, 'init', '-k', 'staging'))
    repo.write('.gitattributes', ATTRIBUTES)
    repo.write('x.staging', 'staging\n')
    repo.commit('x')
    const key = world.path(`${a} ${b} staging.key`)
    expectOk(one(repo, 'export-key', '-k', 'staging', key))
    const clone = world.clone(repo, `${a} keys ${b} clone`)
    expectOk(other(clone, 'unlock', key))
    expect(clone.read('x.staging').toString()).toBe('staging\n')
    expectOk(other(clone, 'lock', '-a'))
    expect(isEncrypted(clone.read('x.staging'))).toBe(true)
    const generated = world.path(`${a} ${b} generated.key`)
    expectOk(one(repo, 'keygen', generated))
    expectOk(other(repo, 'unlock', generated))
  })

  it('says the same in status', () => {
    const { repo } = made(one, `${a} status ${b}`)
    repo.write('untracked.secret', 'u')
    repo.write('other.txt', 'o')
    repo.git(
      '-c',
      'filter.git-crypt.process=',
      '-c',
      'filter.git-crypt.clean=',
      '-c',
      'filter.git-crypt.required=false',
      'add',
      'untracked.secret',
    )
    const sorted = (result: Result): unknown => [
      result.code,
      result.out
        .split('\n')
        .filter((line) => /encrypted: /.test(line))
        .toSorted(),
    ]
    expect(sorted(other(repo, 'status'))).toEqual(sorted(one(repo, 'status')))
    expectOk(other(repo, 'status', '-f'))
    expect(isEncrypted(repo.blob('untracked.secret'))).toBe(true)
  })
})

const BIN = new URL('../../packages/cli/bin/waxseal.js', import.meta.url).pathname

function command(tool: string, name: string, key: string): [string, string[]] {
  return tool === 'git-crypt'
    ? ['git-crypt', [name, '--key-file', key]]
    : [process.execPath, [BIN, 'git', name, '--key-file', key]]
}
