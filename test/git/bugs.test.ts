/** What git-crypt gets wrong, one by one. */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectOk, expectRefused, ODD_NAMES, PLAIN, withSecrets } from './support/secrets.ts'
import { isEncrypted, makeWorld, type Repo, type World } from './support/world.ts'

let world: World
beforeAll(() => {
  world = makeWorld()
})
afterAll(() => world.remove())

const dirty = (repo: Repo): string => repo.git('status', '--porcelain', '-uno')
const RAW = [
  '-c',
  'filter.git-crypt.process=',
  '-c',
  'filter.git-crypt.clean=',
  '-c',
  'filter.git-crypt.required=false',
]

/** Commits files as plain text although they are to be encrypted, as before .gitattributes was there. */
function commitPlain(repo: Repo, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) repo.write(path, content)
  repo.git(...RAW, 'add', '--', ...Object.keys(files))
  repo.git(...RAW, 'commit', '-q', '-m', 'plain text')
}

describe('short plain text in place of ciphertext', () => {
  const SIZES = [1, 6, 9, 10, 11, 21, 22, 23, 100]
  const files = Object.fromEntries(SIZES.map((size) => [`size-${size}.secret`, 'x'.repeat(size)]))

  it('is checked out whole, with a warning that names the file', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'short')
    commitPlain(repo, files)
    const clone = world.clone(repo, 'short clone')
    expectOk(clone.waxseal('unlock', key))
    for (const path of Object.keys(files)) clone.run('rm', [path])
    const result = clone.run('git', ['checkout', '--', '.'])
    for (const [path, content] of Object.entries(files)) {
      expect(clone.read(path).toString()).toBe(content)
      expect(result.err).toContain(`${path}: not encrypted`)
      expect(clone.waxsealWith({ input: content }, 'smudge', '--key-file', key).out).toBe(content)
      expect(clone.waxseal('diff', '--key-file', key, path).out).toBe(content)
    }
  })

  it('is an error where waxseal.strict is set', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'strict')
    commitPlain(repo, files)
    repo.git('config', 'waxseal.strict', 'true')
    repo.run('rm', ['size-10.secret'])
    const result = repo.run('git', ['checkout', '--', 'size-10.secret'])
    expect(result.code).not.toBe(0)
    expect(result.err).toMatch(/error: size-10\.secret: not encrypted in git/)
    expect(repo.waxsealWith({ input: 'plain' }, 'smudge', '--key-file', key)).toMatchObject({ code: 1, out: '' })
  })

  it('is reported by status, and staged encrypted, whole, by status -f', () => {
    const { repo } = withSecrets(world, PLAIN, 'fix')
    commitPlain(repo, files)
    const status = repo.waxseal('status')
    expect(status.code).toBe(1)
    for (const path of Object.keys(files)) {
      expect(status.out).toContain(`    encrypted: ${path} *** WARNING: staged/committed version is NOT ENCRYPTED! ***`)
    }
    expectOk(repo.waxseal('status', '-f'))
    for (const [path, content] of Object.entries(files)) {
      expect(isEncrypted(repo.blob(path))).toBe(true)
      expect(repo.git('cat-file', '--filters', `:${path}`)).toBe(content)
    }
    repo.git('commit', '-q', '-m', 'encrypted')
    expectOk(repo.waxseal('status'))
    const history = repo.waxseal('status', '--history')
    expect(history.code).toBe(1)
    expect(history.out.trim().split('\n')).toHaveLength(SIZES.length)
    expect(history.err).toMatch(/change these secrets.*filter-repo/)
  })
})

describe('damaged blobs', () => {
  /** Commits a blob as it is under a secret's name. */
  const commitBlob = (repo: Repo, path: string, content: Uint8Array): void => {
    const oid = repo.run('git', ['hash-object', '-w', '--stdin'], { input: content }).out.trim()
    repo.git('update-index', '--add', '--cacheinfo', `100644,${oid},${path}`)
    repo.git('commit', '-q', '-m', path)
  }

  it.each([
    ['truncated within the header', (blob: Buffer) => blob.subarray(0, 15)],
    ['the magic alone', (blob: Buffer) => blob.subarray(0, 10)],
    ['one byte cut', (blob: Buffer) => blob.subarray(0, -1)],
    ['one bit changed', (blob: Buffer) => Buffer.concat([blob.subarray(0, -1), Buffer.from([(blob.at(-1) ?? 0) ^ 1])])],
  ])('%s: checkout fails with the name of the file, unlock decrypts all others', (name, damage) => {
    const { repo, key } = withSecrets(world, PLAIN, name)
    commitBlob(repo, 'bad.secret', damage(repo.blob('a.secret')))
    const checkout = repo.run('git', ['checkout', '--', 'bad.secret'])
    expect(checkout.code).not.toBe(0)
    expect(checkout.err).toContain('error: bad.secret: encrypted')
    expect(repo.has('bad.secret')).toBe(false)
    const clone = world.clone(repo, `${name} clone`)
    const unlock = clone.waxseal('unlock', key)
    expect(unlock.code).toBe(1)
    expect(unlock.err).toContain('error: bad.secret: not decrypted')
    expect(clone.read('a.secret').toString()).toBe('first secret\n')
    expect(clone.read('b.secret').toString()).toBe('second secret\n')
    expect(clone.read('bad.secret').equals(clone.blob('bad.secret'))).toBe(true)
  })
})

describe('a wrong key', () => {
  it('changes nothing', () => {
    const { repo } = withSecrets(world, PLAIN, 'right')
    const { key } = withSecrets(world, PLAIN, 'wrong')
    const clone = world.clone(repo, 'wrongly unlocked')
    const before = clone.run('sh', ['-c', 'find . -type f | sort | grep -v index | xargs sha1sum']).out
    const result = clone.waxseal('unlock', key)
    expectRefused(result, /wrong key.*a\.secret/)
    expect(clone.run('sh', ['-c', 'find . -type f | sort | grep -v index | xargs sha1sum']).out).toBe(before)
    expect(dirty(clone)).toBe('')
  })
})

describe('a locked clone', () => {
  it('does not stage a new secret as plain text', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'guarded')
    expectOk(repo.waxseal('lock'))
    repo.write('new.secret', 'plain')
    const add = repo.run('git', ['add', 'new.secret'])
    expect(add.code).not.toBe(0)
    expect(add.err).toContain('error: new.secret: cannot be staged as plain text')
    expect(repo.git('ls-files', 'new.secret')).toBe('')
    // What is ciphertext may be moved about, and commits be checked out.
    repo.git('mv', 'a.secret', 'moved.secret')
    repo.git('commit', '-q', '-m', 'moved')
    repo.git('checkout', '-q', 'HEAD~1')
    expect(isEncrypted(repo.read('a.secret'))).toBe(true)
    repo.git('checkout', '-q', 'main')
    expectOk(repo.waxseal('unlock', key))
    repo.git('add', 'new.secret')
    expect(isEncrypted(repo.blob('new.secret'))).toBe(true)
  })

  it('that was never unlocked can be guarded, staging and committing', () => {
    const { repo } = withSecrets(world, PLAIN, 'source')
    const clone = world.clone(repo, 'guarded clone')
    expectOk(clone.waxseal('guard'))
    clone.write('new.secret', 'plain')
    expect(clone.run('git', ['add', 'new.secret']).code).not.toBe(0)
    clone.git(...RAW, 'add', 'new.secret')
    const commit = clone.run('git', [...RAW, 'commit', '-m', 'leak'])
    expect(commit.code).not.toBe(0)
    expect(commit.err).toContain('new.secret is staged as plain text')
  })

  it('fails clearly where the filter is there and the key is not', () => {
    const { repo } = withSecrets(world, PLAIN, 'keyless')
    repo.run('rm', ['.git/git-crypt/keys/default'])
    repo.write('new.secret', 'plain')
    const add = repo.run('git', ['add', 'new.secret'])
    expect(add.code).not.toBe(0)
    expect(add.err).toMatch(/error: new\.secret: this clone has no key: it is locked\nhint: waxseal git unlock/)
  })
})

describe('line ends', () => {
  it('a text attribute, which destroys ciphertext, is told by status, guard and unlock', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'crlf')
    expectOk(repo.waxseal('init', '-k', 'x', '--hook'))
    repo.write('.gitattributes', '*.secret filter=git-crypt diff=git-crypt text\n')
    expectRefused(repo.waxseal('status'), '-text')
    repo.write('a.secret', 'changed\n')
    repo.git('add', '-A')
    const commit = repo.run('git', ['commit', '-m', 'x'])
    expect(commit.code).not.toBe(0)
    expect(commit.err).toMatch(/a\.secret: line-end conversion destroys/)
    repo.git('commit', '-q', '-n', '-m', 'x')
    expectOk(repo.waxseal('lock', '-f'))
    expect(repo.waxseal('unlock', key).err).toContain('a.secret: line-end conversion destroys')
    repo.write('.gitattributes', '*.secret filter=git-crypt diff=git-crypt text=auto\n')
    expectOk(repo.waxseal('status'))
  })
})

describe('sparse checkout', () => {
  it('locks and unlocks what is there and leaves out what is left out', () => {
    const { repo, key } = withSecrets(world, { ...PLAIN, 'in/c.secret': 'c\n', 'out/d.secret': 'd\n' }, 'sparse')
    repo.git('sparse-checkout', 'set', 'in')
    expect(repo.has('out/d.secret')).toBe(false)
    expectOk(repo.waxseal('lock'))
    expect(isEncrypted(repo.read('in/c.secret'))).toBe(true)
    expectOk(repo.waxseal('unlock', key))
    expect(repo.read('in/c.secret').toString()).toBe('c\n')
    expect(repo.has('out/d.secret')).toBe(false)
    expect(dirty(repo)).toBe('')
    expectOk(repo.waxseal('status'))
  })
})

describe('an encrypted file', () => {
  it('is not encrypted again', () => {
    const { repo, key } = withSecrets(world, PLAIN, 'once')
    const blob = repo.blob('a.secret')
    const again = repo.waxsealWith({ input: blob }, 'clean', '--key-file', key)
    expect(again.bytes.equals(blob)).toBe(true)
    repo.write('copy.secret', blob)
    repo.git('add', 'copy.secret')
    expect(repo.blob('copy.secret').equals(blob)).toBe(true)
  })
})

describe('status', () => {
  it('-z ends names with NUL and changes nothing in them', () => {
    const { repo } = withSecrets(world, ODD_NAMES, 'status z')
    const names = repo
      .waxseal('status', '-z', '-e')
      .out.split('\0')
      .slice(0, -1)
      .map((line) => line.replace('    encrypted: ', ''))
    expect(names.toSorted()).toEqual(Object.keys(ODD_NAMES).toSorted())
    expect(repo.waxseal('status', '-u').out).toBe('not encrypted: .gitattributes\nnot encrypted: plain.txt\n')
    expect(repo.waxseal('status', '-e', 'deep').out).toBe('    encrypted: deep/er/ä b/c.secret\n')
    expect(repo.waxsealWith({ cwd: repo.path('deep') }, 'status', '-e', 'er').out).toContain('deep/er/ä b/c.secret')
  })

  it('lists untracked files, links and submodules as what they are', () => {
    const { repo } = withSecrets(world, PLAIN, 'kinds')
    const inner = world.repository('inner')
    inner.write('x', 'x')
    inner.commit('x')
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.folder, 'sub.secret')
    repo.run('ln', ['-s', 'a.secret', 'link.secret'])
    repo.commit('kinds')
    repo.write('untracked.secret', 'u')
    const { out, code } = repo.waxseal('status')
    expect(code).toBe(0)
    expect(out).toContain('not encrypted: link.secret\n')
    expect(out).toContain('    encrypted: untracked.secret\n')
    expect(out).not.toContain('sub.secret')
  })
})

describe('temporary files', () => {
  it('are none left', () => {
    expect(readdirSync('/tmp').filter((name) => name.startsWith('.waxseal-'))).toEqual([])
  })
})
