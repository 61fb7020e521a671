import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOk, expectRefused, PLAIN, withSecrets } from './support/secrets.ts'
import { hasGitCrypt, isEncrypted, makeWorld, type Repo, type World } from './support/world.ts'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

const dirty = (repo: Repo): string => repo.git('status', '--porcelain', '-uno')

function linked(repo: Repo, name: string): Repo {
  repo.git('worktree', 'add', '-q', world.path(name), '-b', name.replaceAll(' ', '-'))
  return world.open(world.path(name))
}

describe('linked work trees', () => {
  it('made from an unlocked clone are unlocked; lock covers all, unlock too', () => {
    const { repo, key } = withSecrets(world)
    const tree = linked(repo, 'linked tree')
    expect(tree.read('a.secret').toString()).toBe('first secret\n')
    tree.write('new.secret', 'new\n')
    tree.git('add', 'new.secret')
    expect(isEncrypted(tree.blob('new.secret'))).toBe(true)
    expectRefused(repo.waxseal('lock'), 'linked tree has changes')
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
    tree.git('commit', '-q', '-m', 'new')
    expectOk(repo.waxseal('lock'))
    for (const each of [repo, tree]) {
      expect(isEncrypted(each.read('a.secret'))).toBe(true)
      expect(dirty(each)).toBe('')
    }
    tree.write('other.secret', 'plain')
    expect(tree.run('git', ['add', 'other.secret']).code).not.toBe(0)
    tree.run('rm', ['other.secret'])
    expectOk(tree.waxseal('unlock', key))
    for (const each of [repo, tree]) expect(each.read('a.secret').toString()).toBe('first secret\n')
    expectOk(tree.waxseal('lock'))
    for (const each of [repo, tree]) expect(isEncrypted(each.read('a.secret'))).toBe(true)
  })

  it('take a locked state over, and may be gone', () => {
    const { repo, key } = withSecrets(world)
    expectOk(repo.waxseal('lock'))
    const tree = linked(repo, 'locked')
    expect(isEncrypted(tree.read('a.secret'))).toBe(true)
    linked(repo, 'gone')
    repo.run('rm', ['-rf', world.path('gone')])
    expectOk(repo.waxseal('unlock', key))
    expect(tree.read('a.secret').toString()).toBe('first secret\n')
  })

  it.skipIf(!hasGitCrypt)("with git-crypt's own copy of the key are locked with it", () => {
    const { repo, key } = withSecrets(world)
    expectOk(repo.waxseal('lock', '--no-guard'))
    const tree = linked(repo, 'by git-crypt')
    expectOk(tree.gitCrypt('unlock', key))
    expect(tree.read('a.secret').toString()).toBe('first secret\n')
    expectOk(tree.waxseal('refresh'))
    expectOk(tree.waxseal('status'))
    expectOk(tree.waxseal('lock'))
    expect(isEncrypted(tree.read('a.secret'))).toBe(true)
    expect(tree.run('sh', ['-c', 'find "$(git rev-parse --git-common-dir)" -path "*git-crypt/keys/*"']).out).toBe('')
  })
})

describe('submodules', () => {
  it('have keys of their own', () => {
    const { repo: inner, key } = withSecrets(world, PLAIN, 'inner')
    const { repo: outer } = withSecrets(world, PLAIN, 'outer')
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.folder, 'sub dir')
    outer.commit('submodule')
    const sub = world.open(outer.path('sub dir'))
    expectOk(sub.waxseal('unlock', key))
    expect(sub.read('a.secret').toString()).toBe('first secret\n')
    expect(outer.has('.git/modules/sub dir/git-crypt/keys/default')).toBe(true)
    expectOk(outer.waxseal('lock', '-f'))
    expect(sub.read('a.secret').toString()).toBe('first secret\n')
    expectOk(sub.waxseal('lock'))
    expect(isEncrypted(sub.read('a.secret'))).toBe(true)
  })

  it('are locked and unlocked whole from a linked work tree of theirs, too', () => {
    const { repo: inner, key } = withSecrets(world, PLAIN, 'inner')
    const outer = world.repository('outer')
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.folder, 'sub dir')
    const sub = world.open(outer.path('sub dir'))
    expectOk(sub.waxseal('unlock', key))
    const tree = linked(sub, 'linked to sub')
    sub.write('a.secret', 'changed\n')
    expectRefused(tree.waxseal('lock'), 'sub dir has changes')
    sub.git('checkout', '-q', '--', '.')
    expectOk(tree.waxseal('lock'))
    for (const each of [sub, tree]) expect(isEncrypted(each.read('a.secret'))).toBe(true)
    expectOk(tree.waxseal('unlock', key))
    for (const each of [sub, tree]) expect(each.read('a.secret').toString()).toBe('first secret\n')
  })
})

describe('a git folder that is apart from its work tree', () => {
  it('does not tell linked work trees where the main one is: lock says so there', () => {
    const { repo: origin, key } = withSecrets(world, PLAIN, 'origin')
    world.open(world.folder).git('clone', '-q', '--separate-git-dir', world.path('apart'), origin.folder, 'main')
    const main = world.open(world.path('main'))
    expectOk(main.waxseal('unlock', key))
    const tree = linked(main, 'linked')
    expectRefused(tree.waxseal('lock'), 'git does not know where the main one of this repository is')
    for (const each of [main, tree]) expect(each.read('a.secret').toString()).toBe('first secret\n')
    expectOk(main.waxseal('lock'))
    for (const each of [main, tree]) expect(isEncrypted(each.read('a.secret'))).toBe(true)
    expectOk(tree.waxseal('unlock', key))
    expectOk(tree.waxseal('lock', '-f'))
    expect(isEncrypted(tree.read('a.secret'))).toBe(true)
  })
})

describe('where there is nothing to work in', () => {
  it('says so: outside of a repository, in a bare one, inside of .git', () => {
    const outside = world.open(world.folder)
    for (const command of ['init', 'unlock', 'lock', 'status', 'refresh', 'rotate-key', 'ls-gpg-users', 'guard']) {
      expectRefused(outside.waxseal(command), 'not in a git repository')
    }
    const { repo } = withSecrets(world)
    repo.git('clone', '-q', '--bare', repo.folder, world.path('bare.git'))
    expectRefused(world.open(world.path('bare.git')).waxseal('init'), 'no work tree')
    expectRefused(world.open(repo.path('.git')).waxseal('lock'), 'no work tree')
    expect(repo.has('.git/git-crypt/keys/default')).toBe(true)
  })

  it('works before the first commit, on a detached HEAD and from a subfolder', () => {
    const repo = world.repository('young')
    expectOk(repo.waxseal('init'))
    expectOk(repo.waxseal('export-key', world.path('young.key')))
    repo.write('.gitattributes', '*.secret filter=git-crypt diff=git-crypt\n')
    repo.write('deep/a.secret', 'a\n')
    repo.git('add', '-A')
    expectOk(repo.waxseal('lock'))
    expect(isEncrypted(repo.read('deep/a.secret'))).toBe(true)
    expectOk(repo.waxsealWith({ cwd: repo.path('deep') }, 'unlock', world.path('young.key')))
    expect(repo.read('deep/a.secret').toString()).toBe('a\n')
    repo.commit('first')
    const env = { GIT_DIR: '../.git', GIT_WORK_TREE: '..' }
    expectOk(repo.waxsealWith({ cwd: repo.path('deep'), env }, 'status'))
    repo.git('checkout', '-q', '--detach')
    expectOk(repo.waxsealWith({ cwd: repo.path('deep') }, 'lock'))
    expect(isEncrypted(repo.read('deep/a.secret'))).toBe(true)
  })
})
