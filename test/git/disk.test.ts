/** A disk that is full, and a git folder that cannot be written. */
import { existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ALICE, BOB, vectorPath } from './support/gpg.ts'
import { describeWithMounts, makeSpace, type Space } from './support/mounts.ts'
import { expectOk, expectRefused, withSecrets } from './support/secrets.ts'
import { isEncrypted, makeWorld, type Repo, type Result, type World } from './support/world.ts'

let world: World
let space: Space | undefined
beforeEach(() => {
  world = makeWorld()
})
afterEach(async () => {
  await space?.end()
  space = undefined
  world.remove()
})

/** Each of three pages, so that they are cut off by a disk that has room for some of that. */
const FILES: Readonly<Record<string, string>> = { 'a.secret': 'a'.repeat(9000), 'b.secret': 'b'.repeat(9000) }
/** Room in pages of 4 KiB at which the one or the other write fails. */
const ROOM = [0, 1, 2, 3, 4, 5]

/** An unlocked repository alone on a small disk. */
async function onSmallDisk(): Promise<{ repo: Repo; key: string }> {
  const { repo: origin, key } = withSecrets(world, FILES)
  const place = world.path('small')
  const script = 'mkdir "$2"; mount -t tmpfs -o size=800k tmpfs "$2"; cp -a "$1/." "$2"; git -C "$2" reset -q'
  space = await makeSpace(world, script, origin.folder, place)
  return { repo: space.open(place), key }
}

function fill(folder: string, pages: number): void {
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(`${folder}/filler`, new Uint8Array((bavail - pages) * bsize))
}

/** Runs something on a disk with this much room, and makes room again. */
function withRoom(repo: Repo, pages: number, work: () => Result): Result {
  fill(repo.path(), pages)
  const result = work()
  rmSync(repo.path('filler'))
  return result
}

const NAMED = /^error: .*(a\.secret|b\.secret|index\.lock|config|keys\/default|\.gpg|\.gitattributes|only-copy).*$/m

function expectWhole(repo: Repo): void {
  for (const [path, content] of Object.entries(FILES)) {
    const found = repo.read(path)
    expect([path, found.toString() === content || found.equals(repo.blob(path))]).toEqual([path, true])
  }
  // Among the objects git itself leaves what it could not finish, until its next gc.
  const rest = ['-name', '*tmp*', '-not', '-path', './.git/objects/*', '-o', '-path', './.git/git-crypt/checkout-*']
  expect(repo.run('find', ['.', ...rest]).out).toBe('')
}

describeWithMounts('a full disk', () => {
  it.each(['lock', 'unlock'])('%s: files stay whole, the message names one, and it runs again', async (command) => {
    const { repo, key } = await onSmallDisk()
    const run = (which: string): Result => (which === 'lock' ? repo.waxseal('lock') : repo.waxseal('unlock', key))
    const [other] = ['lock', 'unlock'].filter((each) => each !== command)
    if (command === 'unlock') expectOk(run('lock'))
    const codes: (number | null)[] = []
    for (const pages of ROOM) {
      const result = withRoom(repo, pages, () => run(command))
      codes.push(result.code)
      expectWhole(repo)
      if (result.code !== 0) {
        expectRefused(result, NAMED)
        expectOk(run(command))
      }
      for (const path of Object.keys(FILES)) expect(isEncrypted(repo.read(path))).toBe(command === 'lock')
      expect(repo.git('status', '--porcelain', '-uno')).toBe('')
      expectOk(run(other ?? ''))
    }
    expect(codes.filter((code) => code === 1).length).toBeGreaterThan(2)
  })

  it('of a work tree that is apart from its git folder', async () => {
    const { repo: origin, key } = withSecrets(world, FILES)
    expectOk(origin.waxseal('lock'))
    const place = world.path('small')
    const script =
      'mkdir "$2"; mount -t tmpfs -o size=100k tmpfs "$2"; git clone -q --separate-git-dir="$3" "$1" "$2/tree"'
    space = await makeSpace(world, script, origin.folder, place, world.path('git dir'))
    const repo = space.open(`${place}/tree`)
    for (const pages of [0, 1, 2]) {
      expectRefused(
        withRoom(repo, pages, () => repo.waxseal('unlock', key)),
        /a\.secret: no space left on device/,
      )
      expectWhole(repo)
    }
    expectOk(repo.waxseal('unlock', key))
    for (const [path, content] of Object.entries(FILES)) expect(repo.read(path).toString()).toBe(content)
    expectRefused(
      withRoom(repo, 0, () => repo.waxseal('lock')),
      /a\.secret: no space left on device/,
    )
    expectWhole(repo)
    expectOk(repo.waxseal('lock'))
    for (const path of Object.keys(FILES)) expect(isEncrypted(repo.read(path))).toBe(true)
  })

  it('add-gpg-user: a copy of the key is there whole or not at all, and it runs again', async () => {
    const { repo } = await onSmallDisk()
    const copies = [ALICE, BOB].map((each) => repo.path(`.git-crypt/keys/default/0/${each}.gpg`))
    const add = (): Result =>
      repo.waxseal(
        'add-gpg-user',
        ...['alice', 'bob'].flatMap((user) => ['--openpgp-key', vectorPath(`openpgp/${user}.public.asc`)]),
      )
    for (const pages of ROOM) {
      const head = repo.git('rev-parse', 'HEAD').trim()
      const result = withRoom(repo, pages, add)
      if (result.code !== 0) expectRefused(result, /^error: (.*\.gpg|.*\.git-crypt|.*\.gitattributes|git \w+): /m)
      for (const copy of copies.filter(existsSync)) expect(readFileSync(copy).length).toBeGreaterThan(200)
      expectOk(add())
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD', '.git-crypt').trim().split('\n')).toHaveLength(3)
      expect(repo.git('status', '--porcelain')).toBe('')
      repo.git('reset', '-q', '--hard', head)
    }
  })

  it('rm-gpg-user: nothing is lost, and it runs again', async () => {
    const { repo } = await onSmallDisk()
    expectOk(repo.waxseal('add-gpg-user', '--openpgp-key', vectorPath('openpgp/alice.public.asc')))
    const head = repo.git('rev-parse', 'HEAD').trim()
    for (const pages of ROOM) {
      const result = withRoom(repo, pages, () => repo.waxseal('rm-gpg-user', ALICE))
      if (result.code !== 0) {
        expectRefused(result, /^error: git \w+: /m)
        rmSync(repo.path('.git/index.lock'), { force: true })
        expectOk(repo.waxseal('rm-gpg-user', ALICE))
      }
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD', '.git-crypt').trim()).toBe('.git-crypt/.gitattributes')
      expect(repo.git('status', '--porcelain')).toBe('')
      repo.git('reset', '-q', '--hard', head)
    }
  })

  it('rotate-key: everything opens at any time, and it runs again', async () => {
    const { repo, key } = await onSmallDisk()
    const codes: (number | null)[] = []
    let last = readFileSync(key)
    for (const pages of [0, 1, 2, 4, 8, 16, 32]) {
      const result = withRoom(repo, pages, () => repo.waxseal('rotate-key'))
      codes.push(result.code)
      expectWhole(repo)
      if (result.code !== 0) {
        expectRefused(result, /^error: .+/m)
        rmSync(repo.path('.git/index.lock'), { force: true })
        expectOk(repo.waxseal('rotate-key'))
      }
      expectOk(repo.waxseal('status'))
      expect(repo.git('status', '--porcelain', '-uno')).toBe('')
      const exported = world.path(`rotated-${pages}.key`)
      expectOk(repo.waxseal('export-key', exported))
      expect(readFileSync(exported).equals(last)).toBe(false)
      last = readFileSync(exported)
      const clone = world.clone(world.open(repo.path()), `clone-${pages}`)
      expectOk(clone.waxseal('unlock', exported))
      for (const [path, content] of Object.entries(FILES)) expect(clone.read(path).toString()).toBe(content)
    }
    expect(codes.filter((code) => code === 1).length).toBeGreaterThan(2)
  })

  it('refresh: files stay whole, and it runs again', async () => {
    const { repo, key } = await onSmallDisk()
    for (const pages of ROOM) {
      expectOk(repo.waxseal('lock'))
      const locked = withRoom(repo, 0, () => repo.waxseal('unlock', key))
      expect(locked.code).toBe(1)
      const result = withRoom(repo, pages, () => repo.waxseal('refresh'))
      expectWhole(repo)
      if (result.code !== 0) {
        expectRefused(result, /^error: .+/m)
        expectOk(repo.waxseal('unlock', key))
      }
      expectOk(repo.waxseal('refresh'))
      for (const [path, content] of Object.entries(FILES)) expect(repo.read(path).toString()).toBe(content)
      expect(repo.git('status', '--porcelain', '-uno')).toBe('')
    }
  })

  it('init and export-key: a key is there whole or not at all', async () => {
    const { repo } = await onSmallDisk()
    for (const pages of [0, 1]) {
      const result = withRoom(repo, pages, () => repo.waxseal('init', '-k', `k${pages}`))
      expectRefused(result, /^error: .*(k\d|config)/m)
      expectOk(repo.waxseal('init', '-k', `k${pages}`))
      expectOk(repo.waxseal('export-key', '-k', `k${pages}`, world.path(`k${pages}`)))
    }
    writeFileSync(repo.path('old.key'), 'old')
    const refused = withRoom(repo, 0, () => repo.waxseal('export-key', 'old.key'))
    expectRefused(refused, 'old.key: no space left on device')
    expect(repo.read('old.key').toString()).toBe('old')
    expectOk(repo.waxseal('export-key', 'old.key'))
  })

  it('git add: nothing is staged in part, and it runs again', async () => {
    const { repo } = await onSmallDisk()
    for (const pages of ROOM) {
      const path = `new${pages}.secret`
      repo.write(path, Buffer.alloc(30_000, pages + 1))
      expect(withRoom(repo, pages, () => repo.run('git', ['add', path])).code).not.toBe(0)
      rmSync(repo.path('.git/index.lock'), { force: true })
      expect(repo.git('ls-files', path)).toBe('')
      repo.git('add', path)
      expect(isEncrypted(repo.blob(path))).toBe(true)
    }
  })

  it('of temporary files: git add names the file, nothing is staged, and it runs again', async () => {
    const { repo: origin } = withSecrets(world)
    const place = world.path('tmp')
    space = await makeSpace(world, 'mkdir "$1"; mount -t tmpfs -o size=300k tmpfs "$1"', place)
    const repo = space.open(origin.folder)
    repo.write('large.secret', Buffer.alloc(9_000_000, 'x'))
    const add = repo.run('git', ['add', 'large.secret'], { env: { TMPDIR: place } })
    expect(add.code).not.toBe(0)
    expect(add.err).toMatch(/error: large\.secret: temporary file .*no space left on device/)
    expect(repo.git('ls-files', 'large.secret')).toBe('')
    repo.git('add', 'large.secret')
    expect(isEncrypted(repo.blob('large.secret'))).toBe(true)
  })
})

describeWithMounts('a git folder that is read-only', () => {
  const READ_ONLY = 'for each in "$@"; do mount --bind "$each" "$each"; mount -o remount,ro,bind "$each"; done'

  it('whatever writes there says so and changes nothing; whatever reads works', async () => {
    const { repo: origin, key } = withSecrets(world)
    const clone = world.clone(origin, 'clone')
    space = await makeSpace(world, READ_ONLY, origin.path('.git'), clone.path('.git'))
    const [open, locked] = [space.open(origin.folder), space.open(clone.folder)]
    expectRefused(locked.waxseal('unlock', key), /error: .*\.git\/git-crypt: read-only file system\n$/)
    expect(isEncrypted(locked.read('a.secret'))).toBe(true)
    const alice = vectorPath('openpgp/alice.public.asc')
    for (const args of [
      ['lock'],
      ['init', '-k', 'x'],
      ['guard'],
      ['refresh'],
      ['rotate-key'],
      ['add-gpg-user', '--openpgp-key', alice],
    ]) {
      expectRefused(open.waxseal(...args), /error: .*\.git\/.*: read-only file system\n$/i)
    }
    expect(open.read('a.secret').toString()).toBe('first secret\n')
    expectOk(open.waxseal('export-key', world.path('again.key')))
    expect(open.run('cmp', [key, world.path('again.key')]).code).toBe(0)
    open.write('a.secret', 'changed\n')
    expectOk(open.waxseal('status'))
    expect(open.git('diff')).toContain('+changed')
    expect(open.run('git', ['add', 'a.secret']).err).toMatch(/index\.lock.*Read-only file system/)
    await space.end()
    space = undefined
    origin.git('checkout', '--', 'a.secret')
    for (const args of [['lock'], ['unlock', key], ['add-gpg-user', '--openpgp-key', alice]])
      expectOk(origin.waxseal(...args))
    expect(origin.git('log', '-1', '--format=%s').trim()).toBe('Add 1 git-crypt collaborator')
  })
})
