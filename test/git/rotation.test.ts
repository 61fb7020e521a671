import { readFileSync, writeFileSync } from 'node:fs'
import { parseKeyFile } from '@waxseal/core/git-crypt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, importKey, makeUser, vectorPath } from './support/gpg.ts'
import { expectOk, expectRefused, ODD_NAMES, PLAIN, withSecrets } from './support/secrets.ts'
import { hasGitCrypt, hasGpg, isEncrypted, makeWorld, type Repo, type World } from './support/world.ts'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

const FILES = { ...PLAIN, ...ODD_NAMES }
const dirty = (repo: Repo): string => repo.git('status', '--porcelain', '-uno')

function expectAll(repo: Repo): void {
  for (const [path, content] of Object.entries(FILES)) {
    expect([path, repo.read(path).toString()]).toEqual([path, content])
    expect([path, isEncrypted(repo.blob(path))]).toEqual([path, true])
  }
  expect(dirty(repo)).toBe('')
}

describe('rotate-key', () => {
  it('encrypts everything anew in one commit; the former key opens nothing of it', () => {
    const { repo, key } = withSecrets(world, FILES)
    const before = Object.fromEntries(Object.keys(FILES).map((path) => [path, repo.blob(path)]))
    const result = repo.waxseal('rotate-key')
    expectOk(result)
    expect(result.err).toMatch(/Earlier commits stay readable[\s\S]*change the secrets/)
    expect(repo.git('rev-list', '--count', 'HEAD').trim()).toBe('2')
    expectAll(repo)
    for (const path of Object.keys(FILES)) expect(repo.blob(path).equals(before[path] ?? repo.blob(path))).toBe(false)
    for (const path of Object.keys(FILES)) {
      expect(repo.waxsealWith({ input: repo.blob(path) }, 'smudge', '--key-file', key).code).toBe(1)
    }
    expectRefused(repo.waxseal('lock'), 'only copy')
    const fresh = world.path('fresh.key')
    expectOk(repo.waxseal('export-key', fresh))
    expect(parseKeyFile(readFileSync(fresh)).entries.map(({ version }) => version)).toEqual([0])
    const clone = world.clone(repo, 'clone')
    expectRefused(clone.waxseal('unlock', key), 'wrong key')
    expectOk(clone.waxseal('unlock', fresh))
    expectAll(clone)
  })

  it('keeps history readable here, and only here', () => {
    const { repo } = withSecrets(world, PLAIN)
    expectOk(repo.waxseal('rotate-key'))
    repo.write('a.secret', 'changed\n')
    repo.commit('changed')
    expect(repo.git('log', '-p', '--', 'a.secret')).toContain('+first secret')
    repo.git('checkout', '-q', 'HEAD~2')
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
    repo.git('checkout', '-q', 'main')
    expect(repo.read('a.secret').toString()).toBe('changed\n')
  })

  it.skipIf(!hasGitCrypt)('leaves a repository that git-crypt reads and writes', () => {
    const plain = { ...PLAIN, 'empty.secret': '' }
    const { repo } = withSecrets(world, plain)
    expectOk(repo.waxseal('rotate-key'))
    const key = world.path('fresh.key')
    expectOk(repo.gitCrypt('export-key', key))
    const clone = world.clone(repo, 'clone')
    expectOk(clone.gitCrypt('unlock', key))
    for (const [path, content] of Object.entries(plain)) expect(clone.read(path).toString()).toBe(content)
    clone.write('new.secret', 'by git-crypt\n')
    clone.commit('new')
    repo.git('pull', '-q', clone.folder, 'main')
    expect(repo.read('new.secret').toString()).toBe('by git-crypt\n')
  })

  it('re-encrypts what sparse checkout leaves out, and leaves it out', () => {
    const { repo } = withSecrets(world, { ...PLAIN, 'out/d.secret': 'd\n' })
    repo.git('sparse-checkout', 'set', 'in')
    expectOk(repo.waxseal('rotate-key'))
    expect(repo.has('out/d.secret')).toBe(false)
    expect(dirty(repo)).toBe('')
    expectOk(repo.waxseal('export-key', world.path('fresh.key')))
    const clone = world.clone(repo, 'clone')
    expectOk(clone.waxseal('unlock', world.path('fresh.key')))
    expect(clone.read('out/d.secret').toString()).toBe('d\n')
  })

  it('goes on after an interruption, with everything readable in between', () => {
    const { repo } = withSecrets(world, PLAIN)
    const hook = repo.path('.git/hooks/pre-commit')
    writeFileSync(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    expect(repo.waxseal('rotate-key').code).toBe(1)
    const between = parseKeyFile(readFileSync(repo.path('.git/git-crypt/keys/default')))
    expect(between.entries).toHaveLength(2)
    for (const path of Object.keys(PLAIN)) repo.run('rm', [path])
    repo.git('checkout', '--', '.')
    repo.git('checkout', 'HEAD', '--', 'b.secret')
    expect(repo.read('b.secret').toString()).toBe('second secret\n')
    repo.run('rm', [hook])
    expectOk(repo.waxseal('rotate-key'))
    const after = parseKeyFile(readFileSync(repo.path('.git/git-crypt/keys/default')))
    expect(after.entries.map(({ aesKey }) => aesKey)).toEqual(between.entries.slice(0, 1).map(({ aesKey }) => aesKey))
    for (const [path, content] of Object.entries(PLAIN)) expect(repo.read(path).toString()).toBe(content)
    expect(dirty(repo)).toBe('')
    expectOk(repo.waxseal('export-key', world.path('fresh.key')))
    expectOk(world.clone(repo, 'clone').waxseal('unlock', world.path('fresh.key')))
  })

  it('refuses a dirty tree and a locked clone, and changes nothing', () => {
    const { repo } = withSecrets(world, PLAIN)
    repo.write('a.secret', 'changed\n')
    expectRefused(repo.waxseal('rotate-key'), 'clean work tree')
    expect(repo.git('rev-list', '--count', 'HEAD').trim()).toBe('1')
    repo.git('checkout', '--', 'a.secret')
    expectOk(repo.waxseal('lock'))
    expectRefused(repo.waxseal('rotate-key'), 'locked')
  })
})

describe.skipIf(!hasGpg)('rotate-key with users', () => {
  it('gives the new key to those that are left, and to nobody else', () => {
    const { repo } = withSecrets(world, PLAIN)
    const [ada, ben] = [makeUser(repo, 'ada'), makeUser(repo, 'ben')]
    expectOk(repo.waxseal('add-gpg-user', ada, ben))
    expectOk(repo.waxseal('rm-gpg-user', ben))
    expectOk(repo.waxseal('rotate-key'))
    const files = repo.git('ls-files', '.git-crypt')
    expect(files).toContain(ada)
    expect(files).not.toContain(ben)
    const clone = world.clone(repo, 'clone')
    expectOk(clone.waxseal('unlock'))
    expect(clone.read('a.secret').toString()).toBe('first secret\n')
    expectOk(repo.waxseal('lock'))
  })

  it('does not hand it to whoever put a file among the copies', () => {
    const { repo } = withSecrets(world, PLAIN)
    importKey(repo, vectorPath('openpgp/alice.public.asc'))
    repo.write(`.git-crypt/keys/default/0/${ALICE}.gpg`, 'not even a message')
    repo.commit('let me in')
    const head = repo.git('rev-parse', 'HEAD')
    expectRefused(repo.waxseal('rotate-key'), /no assurance|unusable public key/i)
    expect(repo.git('rev-parse', 'HEAD')).toBe(head)
    expect(parseKeyFile(readFileSync(repo.path('.git/git-crypt/keys/default'))).entries).toHaveLength(1)
    expectOk(repo.waxseal('rotate-key', '--openpgp-key', vectorPath('openpgp/alice.public.asc')))
  })
})
