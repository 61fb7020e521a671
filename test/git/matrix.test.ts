/** Every command of either program on a repository that the other one made. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gpg, makeUser } from './support/gpg.ts'
import { ATTRIBUTES, expectOk, expectRefused, PLAIN } from './support/secrets.ts'
import { hasGitCrypt, hasGpg, isEncrypted, makeWorld, type Repo, type Result, type World } from './support/world.ts'

interface Tool {
  readonly name: string
  readonly run: Run
}
type Run = (repo: Repo, args: readonly string[], input?: Uint8Array) => Result

const BIN = new URL('../../packages/cli/bin/waxseal.js', import.meta.url).pathname
const WAXSEAL: Tool = {
  name: 'waxseal',
  run: (repo, args, input = Buffer.alloc(0)) => repo.run(process.execPath, [BIN, 'git', ...args], { input }),
}
const GIT_CRYPT: Tool = {
  name: 'git-crypt',
  run: (repo, args, input = Buffer.alloc(0)) => repo.run('git-crypt', args, { input }),
}

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

interface Given {
  /** Made and unlocked with the other program, with a user in it. */
  readonly repo: Repo
  /** A locked clone of it. */
  readonly clone: Repo
  /** The exported key. */
  readonly key: string
  readonly user: string
  /** The program on trial. */
  readonly tool: Run
  readonly other: Run
}

function given(tool: Tool, other: Tool): Given {
  const repo = world.repository()
  const key = world.path('the.key')
  const user = makeUser(repo, 'ada')
  expectOk(other.run(repo, ['init']))
  expectOk(other.run(repo, ['export-key', key]))
  repo.write('.gitattributes', ATTRIBUTES)
  for (const [path, content] of Object.entries(PLAIN)) repo.write(path, content)
  repo.commit('secrets')
  expectOk(other.run(repo, ['add-gpg-user', user]))
  return { repo, clone: world.clone(repo, 'clone'), key, user, tool: tool.run, other: other.run }
}

const expectPlain = (repo: Repo): void => {
  for (const [path, content] of Object.entries(PLAIN)) expect(repo.read(path).toString()).toBe(content)
  expect(repo.git('status', '--porcelain')).toBe('')
}
const expectLocked = (repo: Repo): void => {
  for (const path of Object.keys(PLAIN)) expect(isEncrypted(repo.read(path))).toBe(true)
  expect(repo.git('status', '--porcelain')).toBe('')
}

/** One command on trial, and what must hold afterwards, mostly to the other program. */
const ROWS: Readonly<Record<string, (row: Given) => void>> = {
  'init of an initialised repository': ({ repo, tool }) => {
    expectRefused(tool(repo, ['init']), 'already been initialized')
    expectPlain(repo)
  },
  'init -k, and the other locks and unlocks it': ({ repo, tool, other }) => {
    expectOk(tool(repo, ['init', '-k', 'staging']))
    repo.write('x.staging', 'staging\n')
    repo.commit('x')
    expect(isEncrypted(repo.blob('x.staging'))).toBe(true)
    expectOk(other(repo, ['export-key', '-k', 'staging', world.path('staging.key')]))
    expectOk(other(repo, ['lock', '-k', 'staging']))
    expect(isEncrypted(repo.read('x.staging'))).toBe(true)
    expectOk(other(repo, ['unlock', world.path('staging.key')]))
    expect(repo.read('x.staging').toString()).toBe('staging\n')
  },
  'unlock with a key file': ({ clone, key, tool, other }) => {
    expectOk(tool(clone, ['unlock', key]))
    expectPlain(clone)
    expectOk(other(clone, ['lock']))
    expectLocked(clone)
  },
  'unlock with a key from standard input': ({ clone, key, tool }) => {
    expectOk(tool(clone, ['unlock', '-'], readFileSync(key)))
    expectPlain(clone)
  },
  'unlock with GPG': ({ clone, tool, other }) => {
    expectOk(tool(clone, ['unlock']))
    expectPlain(clone)
    expectOk(other(clone, ['lock']))
    expectLocked(clone)
  },
  'lock, with changes and -f': ({ repo, tool, other }) => {
    repo.write('a.secret', 'changed\n')
    expect(tool(repo, ['lock']).code).not.toBe(0)
    expectOk(tool(repo, ['lock', '-f']))
    expectLocked(repo)
    expectOk(other(repo, ['unlock']))
    expectPlain(repo)
  },
  'lock -a of two keys': ({ repo, tool, other }) => {
    expectOk(other(repo, ['init', '-k', 'staging']))
    repo.write('x.staging', 'staging\n')
    repo.commit('x')
    // The key of staging is nowhere else, which waxseal minds.
    expectOk(other(repo, ['export-key', '-k', 'staging', world.path('staging.key')]))
    expectOk(tool(repo, ['lock', '-a']))
    expect(isEncrypted(repo.read('x.staging'))).toBe(true)
    expectLocked(repo)
  },
  'add-gpg-user, and the other unlocks with it': ({ repo, user, tool, other }) => {
    const ben = makeUser(repo, 'ben')
    expectOk(tool(repo, ['add-gpg-user', ben]))
    expect(repo.git('ls-files', '.git-crypt')).toContain(`/${ben}.gpg`)
    gpg(repo, '--delete-secret-keys', user)
    const clone = world.clone(repo, 'for ben')
    expectOk(other(clone, ['unlock']))
    expectPlain(clone)
  },
  'add-gpg-user of one who is there': ({ repo, user, tool }) => {
    const head = repo.git('rev-parse', 'HEAD')
    tool(repo, ['add-gpg-user', user])
    expect(repo.git('rev-parse', 'HEAD')).toBe(head)
    expectPlain(repo)
  },
  'export-key': ({ repo, key, tool }) => {
    expectOk(tool(repo, ['export-key', world.path('again.key')]))
    expect(readFileSync(world.path('again.key')).equals(readFileSync(key))).toBe(true)
  },
  'keygen, and the other encrypts with it': ({ tool, other }) => {
    const fresh = world.repository('fresh')
    expectOk(tool(fresh, ['keygen', world.path('new.key')]))
    expectOk(other(fresh, ['unlock', world.path('new.key')]))
    fresh.write('.gitattributes', ATTRIBUTES)
    fresh.write('a.secret', 'a\n')
    fresh.commit('a')
    const args = ['smudge', '--key-file', world.path('new.key')]
    expect(tool(fresh, args, fresh.blob('a.secret')).out).toBe('a\n')
  },
  status: ({ repo, clone, tool, other }) => {
    for (const at of [repo, clone]) {
      for (const args of [['status'], ['status', '-e'], ['status', '-u']]) {
        const lines = [tool(at, args), other(at, args)].map(({ out }) => out.split('\n').toSorted())
        expect(lines[0]).toEqual(lines[1])
      }
    }
  },
  'clean, smudge and diff with the installed key': ({ repo, tool, other }) => {
    const plain = Buffer.from('some content\n')
    const blob = tool(repo, ['clean'], plain).bytes
    expect(isEncrypted(blob)).toBe(true)
    expect(other(repo, ['clean'], plain).bytes.equals(blob)).toBe(true)
    expect(tool(repo, ['smudge'], other(repo, ['clean'], plain).bytes).bytes.equals(plain)).toBe(true)
    repo.write('blob', blob)
    for (const each of [tool, other]) expect(each(repo, ['diff', 'blob']).bytes.equals(plain)).toBe(true)
  },
  'git with the filters that each configured': ({ clone, tool, other }) => {
    expectOk(tool(clone, ['unlock']))
    // git-crypt shows nothing of less than 22 bytes.
    clone.write('a.secret', 'changed to something longer\n')
    expect(clone.git('diff')).toContain('+changed')
    clone.commit('changed')
    expectOk(tool(clone, ['lock']))
    expectOk(other(clone, ['unlock']))
    expect(clone.git('log', '-p', '-1')).toContain('+changed')
    clone.git('checkout', '-q', 'HEAD~1')
    expectPlain(clone)
  },
}

const PAIRS = [
  [WAXSEAL, GIT_CRYPT],
  [GIT_CRYPT, WAXSEAL],
] as const

describe.skipIf(!hasGitCrypt || !hasGpg).each(PAIRS)('$name on what the other made', (tool, other) => {
  it.each(Object.entries(ROWS))('%s', (_, row) => {
    expect.hasAssertions()
    row(given(tool, other))
  })
})
