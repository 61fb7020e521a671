import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectOk, expectRefused, ODD_NAMES, PLAIN, withSecrets } from './support/secrets.ts'
import { isEncrypted, makeWorld, type Repo, type World } from './support/world.ts'

let world: World
beforeAll(() => {
  world = makeWorld()
})
afterAll(() => world.remove())

const modeOf = (path: string): number => statSync(path).mode & 0o777
const configOf = (repo: Repo): string => repo.run('git', ['config', '--local', '--get-regexp', 'git-crypt']).out
const dirty = (repo: Repo): string => repo.git('status', '--porcelain', '-uno')

describe('a day with encrypted files', () => {
  it('encrypts on add, with any name, and shows plain text in the work tree and in diffs', () => {
    const { repo } = withSecrets(world, { ...PLAIN, ...ODD_NAMES }, 'names')
    for (const [path, content] of Object.entries({ ...PLAIN, ...ODD_NAMES })) {
      expect([path, isEncrypted(repo.blob(path))]).toEqual([path, true])
      expect([path, repo.read(path).toString()]).toEqual([path, content])
    }
    expect(repo.blob('plain.txt').toString()).toBe('public\n')
    repo.write('a.secret', 'first secret\nchanged\n')
    expect(repo.git('diff')).toContain('+changed')
    repo.git('checkout', '-q', 'a.secret')
    for (const path of Object.keys(ODD_NAMES)) {
      repo.write(path, 'GITCRYPT in plain text\n')
      expect(repo.git('--literal-pathspecs', 'diff', '--', path)).toContain('+GITCRYPT in plain text')
      repo.git('--literal-pathspecs', 'checkout', '-q', '--', path)
    }
    expect(repo.has('pwned')).toBe(false)
    repo.write('a.secret', 'changed\n')
    repo.git('checkout', '-q', 'a.secret')
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
  })

  it('locks and unlocks, back and forth, with any name', () => {
    const { repo, key } = withSecrets(world, { ...PLAIN, ...ODD_NAMES }, 'back and forth')
    for (let round = 0; round < 2; round++) {
      expectOk(repo.waxseal('lock'))
      for (const path of Object.keys({ ...PLAIN, ...ODD_NAMES }))
        expect([path, isEncrypted(repo.read(path))]).toEqual([path, true])
      expect(dirty(repo)).toBe('')
      expectOk(repo.waxseal('unlock', key))
      for (const [path, content] of Object.entries({ ...PLAIN, ...ODD_NAMES })) {
        expect([path, repo.read(path).toString()]).toEqual([path, content])
      }
      expect(dirty(repo)).toBe('')
    }
  })

  it('unlocks a fresh clone, from a file and from standard input', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'origin')
    const clone = world.clone(repo, 'clone one')
    expectOk(clone.waxseal('unlock', key))
    expect(clone.read('a.secret').toString()).toBe('first secret\n')
    const other = world.clone(repo, 'clone two')
    expectOk(other.waxsealWith({ input: repo.waxseal('export-key', '-').bytes }, 'unlock', '-'))
    expect(other.read('b.secret').toString()).toBe('second secret\n')
    expect(modeOf(other.path('.git/git-crypt/keys/default'))).toBe(0o600)
  })

  it('keeps keys private whatever the umask, also over an existing file', () => {
    const { repo } = withSecrets(world, PLAIN, 'modes')
    const path = world.path('wide.key')
    writeFileSync(path, 'old')
    chmodSync(path, 0o666)
    expectOk(repo.waxseal('export-key', path))
    expect(modeOf(path)).toBe(0o600)
    expectOk(repo.waxseal('keygen', world.path('new.key')))
    expect(modeOf(world.path('new.key'))).toBe(0o600)
    expect(repo.waxseal('keygen', world.path('new.key')).code).toBe(1)
    expect(modeOf(repo.path('.git/git-crypt/keys/default'))).toBe(0o600)
  })

  it('works with named keys beside the default one', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'named')
    expectOk(repo.waxseal('init', '-k', 'staging'))
    const staging = world.path('staging.key')
    expectOk(repo.waxseal('export-key', '-k', 'staging', staging))
    repo.write('c.staging', 'third\n')
    repo.commit('named')
    expect(isEncrypted(repo.blob('c.staging'))).toBe(true)
    expectOk(repo.waxseal('lock', '-k', 'staging'))
    expect(isEncrypted(repo.read('c.staging'))).toBe(true)
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
    expectOk(repo.waxseal('lock', '-a'))
    expect(isEncrypted(repo.read('a.secret'))).toBe(true)
    expectOk(repo.waxseal('unlock', key, staging))
    expect(repo.read('c.staging').toString()).toBe('third\n')
    expect(repo.waxseal('unlock', key, key).code).toBe(2)
    expect(repo.waxseal('init', '-k', 'not legal').code).toBe(2)
  })

  it('leaves git as it was after lock --no-guard', () => {
    const { repo } = withSecrets(world, PLAIN, 'no guard')
    expectOk(repo.waxseal('lock', '--no-guard'))
    expect(configOf(repo)).toBe('')
    expect(repo.has('.git/git-crypt/keys/default')).toBe(false)
    expect(dirty(repo)).toBe('')
  })

  it('says where it stands: init twice, lock twice, nothing to unlock with', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'twice')
    expectRefused(repo.waxseal('init'), 'already been initialized')
    expectOk(repo.waxseal('unlock', key))
    expectOk(repo.waxseal('lock'))
    expectRefused(repo.waxseal('lock'), 'already locked')
    expectRefused(repo.waxseal('unlock'), 'key file is needed')
    expectRefused(repo.waxseal('init'), 'locked')
    expect(repo.waxseal('export-key', '-')).toMatchObject({ code: 1, out: '' })
  })

  it('does not throw the only copy of a key away', () => {
    const repo = world.repository('only copy')
    expectOk(repo.waxseal('init'))
    expectRefused(repo.waxseal('lock'), 'only copy')
    expect(repo.has('.git/git-crypt/keys/default')).toBe(true)
    expectOk(repo.waxseal('export-key', world.path('only.key')))
    expectOk(repo.waxseal('lock'))
  })

  it('migrates a key from before git-crypt 0.4', () => {
    const repo = world.repository('legacy')
    const old = new URL('../vectors/git-crypt/keys/legacy.key', import.meta.url).pathname
    const wanted = new URL('../vectors/git-crypt/keys/legacy-migrated.key', import.meta.url).pathname
    const made = world.path('migrated.key')
    expectOk(repo.waxseal('migrate-key', old, made))
    expect(repo.run('cmp', [made, wanted]).code).toBe(0)
    expectRefused(repo.waxseal('unlock', old), 'migrate-key')
    expect(repo.waxseal('migrate-key', made, world.path('again.key')).code).toBe(1)
  })
})

describe('surroundings', () => {
  it('a program in a folder with spaces and quotes is called by git all the same', () => {
    const repo = world.repository('quoted')
    const folder = world.path('it\'s a "folder" $HOME')
    const bin = new URL('../../packages/cli/bin/waxseal.js', import.meta.url).pathname
    repo.run('sh', ['-c', 'mkdir -p "$1" && ln -s "$2" "$1/waxseal"', 'sh', folder, bin])
    expectOk(repo.run(process.execPath, [`${folder}/waxseal`, 'git', 'init', '--hook']))
    repo.write('.gitattributes', '*.secret filter=git-crypt diff=git-crypt merge=git-crypt\n')
    repo.write('a.secret', 'secret\n')
    repo.commit('quoted')
    expect(isEncrypted(repo.blob('a.secret'))).toBe(true)
    expect(repo.git('log', '-p')).toContain('+secret')
    repo.git('config', '--unset', 'filter.git-crypt.process')
    repo.write('b.secret', 'one by one\n')
    repo.commit('one by one')
    expect(isEncrypted(repo.blob('b.secret'))).toBe(true)
  })

  it('repositories with SHA-256 object names', () => {
    const repo = world.repository('sha256')
    repo.run('rm', ['-rf', '.git'])
    repo.git('init', '-q', '-b', 'main', '--object-format=sha256')
    for (const [name, value] of [
      ['user.name', 'Ada'],
      ['user.email', 'ada@example.test'],
    ])
      repo.git('config', name ?? '', value ?? '')
    expectOk(repo.waxseal('init'))
    repo.write('.gitattributes', '*.secret filter=git-crypt\n')
    repo.write('a.secret', 'secret\n')
    repo.commit('sha256')
    expectOk(repo.waxseal('rotate-key'))
    repo.git('checkout', '-q', 'HEAD~1')
    repo.git('checkout', '-q', 'main')
    expectOk(repo.waxseal('export-key', world.path('sha256.key')))
    expectOk(repo.waxseal('lock'))
    expect(isEncrypted(repo.read('a.secret'))).toBe(true)
    expectOk(repo.waxseal('unlock', world.path('sha256.key')))
    expect(repo.read('a.secret').toString()).toBe('secret\n')
  })
})

describe('usage', () => {
  it.each([
    [[], 2],
    [['nonsense'], 2],
    [['lock', '-a', '-k', 'x'], 2],
    [['export-key'], 2],
    [['status', '-e', '-u'], 2],
    [['add-gpg-user'], 2],
    [['init', '--bogus'], 2],
    [['--help'], 0],
    [['rotate-key', '--help'], 0],
  ])('waxseal git %j exits %i', (args, code) => {
    const result = world.open(world.folder).waxseal(...args)
    expect(result.code).toBe(code)
    expect(code === 0 ? result.out : result.err).toMatch(code === 0 ? /^Usage: /m : /^error: .*\nhint: /)
  })

  it('every command has help', () => {
    const repo = world.open(world.folder)
    const names = repo.waxseal('--help').out.match(/^ {2}([a-z-]+) {2,}/gm) ?? []
    expect(names.length).toBeGreaterThan(12)
    for (const name of names) expectOk(repo.waxseal(name.trim(), '--help'))
  })
})
