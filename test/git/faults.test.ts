import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOk, expectRefused, PLAIN, withSecrets } from './support/secrets.ts'
import { isEncrypted, makeWorld, type Repo, startWaxseal, type World } from './support/world.ts'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

const MANY = Object.fromEntries(
  Array.from({ length: 500 }, (_, index) => [`d${index % 7}/f${index}.secret`, `secret ${index}\n`]),
)
const dirty = (repo: Repo): string => repo.git('status', '--porcelain', '-uno')

/** Every secret file is whole: its plaintext, or its blob. Returns how many are plain. */
function countPlain(repo: Repo, files: Readonly<Record<string, string>>): number {
  let plain = 0
  for (const [path, content] of Object.entries(files)) {
    if (!repo.has(path)) continue
    const found = repo.read(path)
    const isPlain = found.toString() === content
    if (isPlain) plain += 1
    expect([path, isPlain || found.equals(repo.blob(path))]).toEqual([path, true])
  }
  return plain
}

/** Runs a command and kills it, and everything it started, after so many ms; clears the lock that a killed git leaves. */
async function interrupted(
  repo: Repo,
  after: number,
  signal: NodeJS.Signals,
  ...args: readonly string[]
): Promise<void> {
  const bin = new URL('../../packages/cli/bin/waxseal.js', import.meta.url).pathname
  const child = spawn(process.execPath, [bin, 'git', ...args], {
    cwd: repo.folder,
    env: world.env,
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise((resolve) => {
    child.once('close', resolve)
  })
  const timer = setTimeout(() => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal)
  }, after)
  await ended
  clearTimeout(timer)
  // Children of a killed parent may still be writing.
  for (let round = 0; round < 50 && isBusy(child.pid); round++) spawnSync('sleep', ['0.1'])
  rmSync(repo.path('.git/index.lock'), { force: true })
  rmSync(repo.path('.git/config.lock'), { force: true })
}

function isBusy(group: number | undefined): boolean {
  try {
    process.kill(-(group ?? 0), 0)
    return true
  } catch {
    return false
  }
}

/** All processes that a process started, and those that they started (Linux). */
function descendants(pid: number | undefined): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
    return children.flatMap((child) => [...descendants(child), child])
  } catch {
    return []
  }
}

describe('interruptions', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)(
    '%s at any point of lock and unlock: run again, and it is done',
    async (signal) => {
      const files = Object.fromEntries(Object.entries(MANY).slice(0, 60))
      const { repo, key } = withSecrets(world, files)
      for (const after of [80, 150, 220, 300]) {
        await interrupted(repo, after, signal, 'lock')
        countPlain(repo, files)
        const again = repo.waxseal('lock')
        if (again.code !== 0) expectRefused(again, 'already locked')
        expect(countPlain(repo, files)).toBe(0)
        expect(dirty(repo)).toBe('')
        await interrupted(repo, after, signal, 'unlock', key)
        countPlain(repo, files)
        expectOk(repo.waxseal('unlock', key))
        expect(countPlain(repo, files)).toBe(60)
        expect(dirty(repo)).toBe('')
      }
    },
  )

  it('the filter killed among 500 files: nothing is staged in part, and all is well the next time', async () => {
    const { repo } = withSecrets(world, {})
    for (const [path, content] of Object.entries(MANY)) repo.write(path, content)
    const add = spawn('git', ['add', '-A'], { cwd: repo.folder, env: world.env, stdio: 'ignore' })
    const ended = new Promise<number | null>((resolve) => {
      add.once('close', resolve)
    })
    // Among the files: the first objects are there, and the filter still is.
    const objects = (): number => readdirSync(repo.path('.git/objects')).length
    const before = objects()
    while (objects() < before + 30 && add.exitCode === null) await new Promise((resolve) => void setTimeout(resolve, 1))
    const killed = descendants(add.pid)
    for (const pid of killed) process.kill(pid, 'SIGKILL')
    expect(killed.length).toBeGreaterThan(0)
    await ended
    for (const path of repo.git('ls-files', '*.secret').trim().split('\n').filter(Boolean)) {
      expect([path, isEncrypted(repo.blob(path))]).toEqual([path, true])
    }
    rmSync(repo.path('.git/index.lock'), { force: true })
    repo.commit('all')
    expectOk(repo.waxseal('status'))
    expect(repo.waxseal('status', '-e').out.trim().split('\n')).toHaveLength(500)
  })
})

describe('two at once', () => {
  it('two unlocks: at least one is done, the other done or told why, the clone whole', async () => {
    const { repo, key } = withSecrets(world, MANY)
    const clone = world.clone(repo, 'clone')
    const runs = [1, 2].map(
      () =>
        new Promise<number | null>((resolve) => {
          startWaxseal(clone, world.env, 'unlock', key).once('close', resolve)
        }),
    )
    expect((await Promise.all(runs)).includes(0)).toBe(true)
    expectOk(clone.waxseal('unlock', key))
    expect(countPlain(clone, MANY)).toBe(500)
    expect(dirty(clone)).toBe('')
  })

  it('another git holds the index or the configuration: said, and nothing half done', () => {
    const { repo, key } = withSecrets(world)
    writeFileSync(repo.path('.git/index.lock'), '')
    expectRefused(repo.waxseal('lock'), /index\.lock[\s\S]*hint: another git command/)
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
    rmSync(repo.path('.git/index.lock'))
    writeFileSync(repo.path('.git/config.lock'), '')
    expectRefused(repo.waxseal('lock'), /lock config[\s\S]*hint: another git command/)
    rmSync(repo.path('.git/config.lock'))
    expectOk(repo.waxseal('lock'))
    expectOk(repo.waxseal('unlock', key))
  })
})

describe('bad surroundings', () => {
  it('a dirty tree: unlock and lock refuse, naming the file; -f locks all the same', () => {
    const { repo, key } = withSecrets(world)
    repo.write('plain.txt', 'changed\n')
    expectRefused(repo.waxseal('lock'), 'plain.txt')
    repo.write('untracked', 'is fine')
    repo.git('checkout', '--', 'plain.txt')
    expectOk(repo.waxseal('lock'))
    repo.write('plain.txt', 'changed\n')
    expectRefused(repo.waxseal('unlock', key), 'plain.txt')
    repo.git('checkout', '--', 'plain.txt')
    expectOk(repo.waxseal('unlock', key))
    repo.write('a.secret', 'lost\n')
    expectOk(repo.waxseal('lock', '-f'))
    expect(isEncrypted(repo.read('a.secret'))).toBe(true)
  })

  it('in the middle of a rebase and of a merge: refused while there are conflicts', () => {
    const { repo } = withSecrets(world)
    repo.git('checkout', '-q', '-b', 'other')
    repo.write('a.secret', 'other\n')
    repo.commit('other')
    repo.git('checkout', '-q', 'main')
    repo.write('a.secret', 'main\n')
    repo.commit('main')
    for (const args of [
      ['merge', 'other'],
      ['rebase', 'other'],
    ]) {
      expect(repo.run('git', args).code).not.toBe(0)
      expectRefused(repo.waxseal('lock'), 'a.secret')
      expect(repo.read('a.secret').toString()).toContain('<<<<<<<')
      repo.git(args[0] ?? '', '--abort')
    }
  })

  it.each([
    ['truncated', (key: Buffer) => key.subarray(0, 100)],
    ['empty', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('hello\n')],
    ['huge', () => Buffer.alloc(3_000_000, 1)],
  ])('a key file that is %s: named, and nothing changed', (_, damage) => {
    const { repo, key } = withSecrets(world)
    expectOk(repo.waxseal('lock', '--no-guard'))
    const bad = world.path('bad.key')
    writeFileSync(bad, damage(readFileSync(key)))
    expectRefused(repo.waxseal('unlock', bad), bad)
    expectRefused(repo.waxseal('unlock', world.path('missing')), 'no such file')
    expect(repo.run('git', ['config', '--local', '--get-regexp', 'filter']).code).toBe(1)
    expect(readdirSync(repo.path('.git/git-crypt/keys'))).toEqual([])
  })

  it('a damaged installed key: git fails, naming it, and nothing is staged', () => {
    const { repo } = withSecrets(world)
    const path = repo.path('.git/git-crypt/keys/default')
    const good = readFileSync(path)
    for (const bad of [good.subarray(0, 40), Buffer.alloc(0), Buffer.concat([good, good])]) {
      writeFileSync(path, bad)
      repo.write('new.secret', 'new\n')
      const add = repo.run('git', ['add', 'new.secret'])
      expect(add.code).not.toBe(0)
      expect(add.err).toContain('git-crypt/keys/default: ')
      expect(repo.git('ls-files', 'new.secret')).toBe('')
    }
  })

  it('a git folder in which no key can be written: refused, and nothing is decrypted', () => {
    const { repo, key } = withSecrets(world)
    expectOk(repo.waxseal('lock', '--no-guard'))
    rmSync(repo.path('.git/git-crypt'), { recursive: true })
    writeFileSync(repo.path('.git/git-crypt'), 'in the way')
    expectRefused(repo.waxseal('unlock', key), /git-crypt.*(not a directory|file exists)/)
    expect(isEncrypted(repo.read('a.secret'))).toBe(true)
    expect(repo.run('git', ['config', '--local', '--get-regexp', 'filter']).code).toBe(1)
  })

  it('a folder for temporary files that is full or missing: the file is named, nothing is staged', () => {
    const { repo } = withSecrets(world)
    repo.write('large.secret', Buffer.alloc(9_000_000, 'x'))
    const add = repo.run('git', ['add', 'large.secret'], { env: { TMPDIR: world.path('missing') } })
    expect(add.code).not.toBe(0)
    expect(add.err).toMatch(/error: large\.secret: temporary file .*no such file[\s\S]*TMPDIR/)
    expect(repo.git('ls-files', 'large.secret')).toBe('')
    repo.git('add', 'large.secret')
    expect(isEncrypted(repo.blob('large.secret'))).toBe(true)
  })

  it('a file that changes while it is staged: what is staged opens', async () => {
    const { repo, key } = withSecrets(world)
    const writer = spawn(
      'sh',
      ['-c', 'i=0; while [ $i -lt 400 ]; do i=$((i+1)); head -c 400000 /dev/urandom > moving.secret; done'],
      {
        cwd: repo.folder,
        env: world.env,
      },
    )
    const ended = new Promise((resolve) => {
      writer.once('close', resolve)
    })
    for (let round = 0; round < 8; round++) {
      const add = repo.run('git', ['add', 'moving.secret'])
      if (add.code !== 0) continue
      expect(repo.waxsealWith({ input: repo.blob('moving.secret') }, 'smudge', '--key-file', key).code).toBe(0)
    }
    writer.kill()
    await ended
  })

  it('a reader that goes away, and input that ends early', () => {
    const { repo, key } = withSecrets(world)
    const bin = new URL('../../packages/cli/bin/waxseal.js', import.meta.url).pathname
    const pipe = `head -c 5000000 /dev/zero | '${process.execPath}' '${bin}' git clean --key-file '${key}' 2>err | head -c 1 >/dev/null; cat err`
    expect(repo.run('sh', ['-c', pipe]).out).toBe('')
    for (const input of ['', '0000', '0016git-filter-client\n', 'garbage']) {
      const { code, out } = repo.waxsealWith({ input }, 'process')
      expect(code).toBe(1)
      expect(out).toBe('')
    }
  })
})

describe('git without the filter protocol', () => {
  it('one file at a time does the same', () => {
    const { repo } = withSecrets(world, PLAIN)
    const blob = repo.blob('a.secret')
    repo.git('config', '--unset', 'filter.git-crypt.process')
    repo.git('rm', '-q', '--cached', 'a.secret')
    repo.git('add', 'a.secret')
    expect(repo.blob('a.secret').equals(blob)).toBe(true)
    repo.run('rm', ['a.secret'])
    repo.git('checkout', '--', 'a.secret')
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
  })
})
