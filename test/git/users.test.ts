import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ALICE,
  BOB,
  BOBS_PASSPHRASE,
  exportKey,
  gpg,
  importKey,
  makeUser,
  NIST,
  RSA,
  SIGN_ONLY,
  usePinentry,
  vectorBytes,
  vectorPath,
  withoutGpg,
} from './support/gpg.ts'
import { expectOk, expectRefused, PLAIN, withSecrets } from './support/secrets.ts'
import { hasGitCrypt, hasGpg, isEncrypted, makeWorld, type Repo, type World } from './support/world.ts'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

const copy = (fingerprint: string, name = 'default'): string => `.git-crypt/keys/${name}/0/${fingerprint}.gpg`
const lastMessage = (repo: Repo): string => repo.git('log', '-1', '--format=%B')

/** A repository encrypted with the vectors' key, carrying the copies that git-crypt and gpg 2.2 wrote for alice and bob. */
function vectorRepository(): Repo {
  const { repo } = withSecrets(world, {}, 'vector')
  expectOk(repo.waxseal('lock', '-f'))
  expectOk(repo.waxseal('unlock', vectorPath('keys/default.key')))
  mkdirSync(repo.path('.git-crypt/keys/default/0'), { recursive: true })
  for (const each of [ALICE, BOB]) repo.write(copy(each), vectorBytes(`openpgp/${each}.gpg`))
  repo.write('a.secret', 'first secret\n')
  repo.commit('with users')
  expectOk(repo.waxseal('lock'))
  return repo
}

describe.skipIf(!hasGpg)('with gpg', () => {
  it("unlocks what git-crypt encrypted to a user's key", () => {
    const repo = vectorRepository()
    importKey(repo, vectorPath('openpgp/alice.secret.asc'))
    expectOk(repo.waxseal('unlock'))
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
  })

  it('passes over damaged copies and those of others', () => {
    const repo = vectorRepository()
    importKey(repo, vectorPath('openpgp/alice.secret.asc'))
    const extra = makeUser(repo, 'extra')
    for (const bad of ['openpgp/corrupt.gpg', 'openpgp/truncated.gpg']) {
      repo.write(copy(extra), vectorBytes(bad))
      repo.commit(bad)
      expectOk(repo.waxseal('unlock'))
      expect(repo.read('a.secret').toString()).toBe('first secret\n')
      expectOk(repo.waxseal('lock'))
    }
    repo.write(copy(ALICE), vectorBytes('openpgp/corrupt.gpg'))
    repo.commit('all bad')
    expectRefused(repo.waxseal('unlock'), /no key could be opened: .*97FF.*\.gpg/)
    expect(repo.has('.git/git-crypt/keys/default')).toBe(false)
  })

  it('says so when none of the keys is mine, or gpg is not there', () => {
    const repo = vectorRepository()
    expectRefused(repo.waxseal('unlock'), 'keys are for other users')
    expectRefused(
      repo.waxsealWith({ env: withoutGpg(world, repo) }, 'unlock'),
      /gpg is not installed[\s\S]*--openpgp-key/,
    )
    repo.git('config', 'gpg.program', '/nonexistent/gpg')
    expectRefused(repo.waxseal('unlock'), '/nonexistent/gpg is not installed')
    expect(isEncrypted(repo.read('a.secret'))).toBe(true)
  })

  it.each([
    ['answers right', `D ${BOBS_PASSPHRASE}`, 0],
    ['answers wrong', 'D wrong', 1],
    ['cancels', 'ERR 83886179 Operation cancelled <Pinentry>', 1],
  ])('asks through the agent: who is asked %s', (_, answer, code) => {
    const repo = vectorRepository()
    usePinentry(world, answer)
    importKey(repo, vectorPath('openpgp/bob.secret.asc'))
    const result = repo.waxseal('unlock')
    expect(result.code).toBe(code)
    expect(repo.has('.git/git-crypt/keys/default')).toBe(code === 0)
    expect(isEncrypted(repo.read('a.secret'))).toBe(code !== 0)
    expect(result.err).toMatch(code === 0 ? /^unlocked/ : /^error: no key could be opened: .*34CE.*\.gpg/)
  })

  it('adds users in a commit like that of git-crypt, once', () => {
    const { repo, key } = withSecrets(world)
    const [ada, ben] = [makeUser(repo, 'ada', RSA), makeUser(repo, 'ben', NIST)]
    repo.write('unrelated', 'staged, but of no concern')
    repo.git('add', 'unrelated')
    expectOk(repo.waxseal('add-gpg-user', 'ada@example.test', ben))
    expect(lastMessage(repo).trim()).toBe(
      `Add 2 git-crypt collaborators\n\nNew collaborators:\n\n    ${ada}\n        ada <ada@example.test>\n    ${ben}\n        ben <ben@example.test>`,
    )
    expect(repo.git('show', '--format=', '--name-only', 'HEAD').trim().split('\n').toSorted()).toEqual(
      ['.git-crypt/.gitattributes', copy(ada), copy(ben)].toSorted(),
    )
    const head = repo.git('rev-parse', 'HEAD')
    expectOk(repo.waxseal('add-gpg-user', ada))
    expect(repo.git('rev-parse', 'HEAD')).toBe(head)
    expect(repo.waxseal('ls-gpg-users').out.trim().split('\n').toSorted()).toEqual(
      [`default ${ada} ada <ada@example.test>`, `default ${ben} ben <ben@example.test>`].toSorted(),
    )
    repo.git('reset', '-q', 'unrelated')
    const clone = world.clone(repo, 'clone')
    expectOk(clone.waxseal('unlock'))
    expect(clone.run('cmp', [key, clone.path('.git/git-crypt/keys/default')]).code).toBe(0)
  })

  it.skipIf(!hasGitCrypt)('commits what git-crypt commits, and each unlocks with the copies of the other', () => {
    const { repo } = withSecrets(world)
    const ada = makeUser(repo, 'ada')
    const other = world.clone(repo, 'other')
    expectOk(other.waxseal('unlock', world.path('repo.key')))
    expectOk(repo.waxseal('add-gpg-user', ada))
    expectOk(other.gitCrypt('add-gpg-user', ada))
    // Below, git-crypt 0.7 has the key's short id, 0.8 what we have.
    const heads = [repo, other].map((each) => lastMessage(each).split('\n').slice(0, 4))
    expect(heads[0]).toEqual(heads[1])
    expect(repo.git('show', '--format=', '--name-only')).toBe(other.git('show', '--format=', '--name-only'))
    const [one, two] = [world.clone(repo, 'one'), world.clone(other, 'two')]
    expectOk(one.gitCrypt('unlock'))
    expectOk(two.waxseal('unlock'))
    for (const each of [one, two]) expect(each.read('a.secret').toString()).toBe('first secret\n')
  })

  it('finishes what git did not commit, as for a hook, when it is run again', () => {
    const { repo } = withSecrets(world)
    const ada = makeUser(repo, 'ada')
    const hook = repo.path('.git/hooks/pre-commit')
    for (const [args, subject] of [
      [['add-gpg-user', ada], 'Add 1 git-crypt collaborator'],
      [['rm-gpg-user', ada], 'Remove 1 git-crypt collaborator'],
    ] as const) {
      writeFileSync(hook, '#!/bin/sh\necho "not today" >&2\nexit 1\n', { mode: 0o755 })
      expectRefused(repo.waxseal(...args), /git commit: not today\n.*run this again/)
      rmSync(hook)
      expectOk(repo.waxseal(...args))
      expect(repo.git('log', '-1', '--format=%s').trim()).toBe(subject)
      expect(repo.git('status', '--porcelain')).toBe('')
    }
    expectRefused(repo.waxseal('rm-gpg-user', ada), 'has no copy of this key')
  })

  it('-n stages without a commit; a named key goes where git-crypt looks for it', () => {
    const { repo } = withSecrets(world)
    const ada = makeUser(repo, 'ada')
    const head = repo.git('rev-parse', 'HEAD')
    expectOk(repo.waxseal('add-gpg-user', '-n', ada))
    expect(repo.git('rev-parse', 'HEAD')).toBe(head)
    expect(repo.git('diff', '--cached', '--name-only')).toContain(copy(ada))
    expectOk(repo.waxseal('init', '-k', 'staging'))
    expectOk(repo.waxseal('add-gpg-user', '-k', 'staging', ada))
    expect(repo.has(copy(ada, 'staging'))).toBe(true)
    // What git-crypt makes an unusable key of.
    expectOk(repo.waxseal('add-gpg-user', '-k', 'default', ada))
    expect(repo.waxseal('ls-gpg-users', '-k', 'staging').out).toMatch(/^staging [0-9A-F]{40} ada/)
  })

  it('refuses users that are unknown, ambiguous, untrusted, expired, revoked or cannot be encrypted to', () => {
    const { repo } = withSecrets(world)
    const refuse = (words: string | RegExp, ...args: readonly string[]): void =>
      expectRefused(repo.waxseal('add-gpg-user', ...args), words)
    refuse('no GPG key found for nobody', 'nobody')
    makeUser(repo, 'twin')
    makeUser(repo, 'twin', NIST)
    refuse('more than one GPG key', 'twin@example.test')
    refuse('has no key for encryption', makeUser(repo, 'signer', SIGN_ONLY))
    const old = makeUser(repo, 'old')
    gpg(repo, '--quick-set-expire', old, 'seconds=1')
    gpg(repo, '--quick-set-expire', old, 'seconds=1', '*')
    repo.run('sleep', ['2'])
    refuse('has expired', old)
    const gone = makeUser(repo, 'gone')
    const certificate = repo.run('sed', [
      's/^:---/---/',
      `${world.env.GNUPGHOME ?? ''}/openpgp-revocs.d/${gone}.rev`,
    ]).out
    writeFileSync(world.path('revoke'), certificate)
    gpg(repo, '--import', world.path('revoke'))
    refuse('is revoked', gone)
    importKey(repo, vectorPath('openpgp/bob.public.asc'))
    refuse(/no assurance|unusable public key/i, BOB)
    expect(repo.has('.git-crypt')).toBe(false)
    expectOk(repo.waxseal('add-gpg-user', '--trusted', BOB))
  })

  it('takes users away in a commit, and points to rotate-key', () => {
    const { repo } = withSecrets(world)
    const [ada, ben] = [makeUser(repo, 'ada'), makeUser(repo, 'ben')]
    expectOk(repo.waxseal('add-gpg-user', ada, ben))
    const result = repo.waxseal('rm-gpg-user', 'ada@example.test')
    expectOk(result)
    expect(result.err).toContain('rotate-key')
    expect(lastMessage(repo)).toContain('Remove 1 git-crypt collaborator\n')
    expect(repo.waxseal('ls-gpg-users').out).not.toContain(ada)
    expectRefused(repo.waxseal('rm-gpg-user', 'ada@example.test'), 'has no copy')
    expectOk(repo.waxseal('rm-gpg-user', ben.slice(-16)))
  })

  it('follows git-crypt.repoStateDir', () => {
    const { repo } = withSecrets(world)
    const ada = makeUser(repo, 'ada')
    repo.git('config', 'git-crypt.repoStateDir', 'state/of crypt')
    expectOk(repo.waxseal('add-gpg-user', ada))
    expect(repo.has(`state/of crypt/keys/default/0/${ada}.gpg`)).toBe(true)
    expectOk(repo.waxseal('lock'))
    expectOk(repo.waxseal('unlock'))
  })
})

describe('without gpg', () => {
  it("unlocks with a private key from a file: alice's, and bob's with its passphrase from a file or a variable", () => {
    const repo = vectorRepository()
    const env = withoutGpg(world, repo)
    const unlock = (user: string, more: Readonly<Record<string, string>> = {}, ...args: readonly string[]) =>
      repo.waxsealWith(
        { env: { ...env, ...more } },
        'unlock',
        '--openpgp-key',
        vectorPath(`openpgp/${user}.secret.asc`),
        ...args,
      )
    expectOk(unlock('alice'))
    expect(repo.read('a.secret').toString()).toBe('first secret\n')
    expectOk(repo.waxseal('lock'))
    const file = world.path('passphrase')
    writeFileSync(file, `${BOBS_PASSPHRASE}\nnot this line\n`)
    expectOk(unlock('bob', {}, '--passphrase-file', file))
    expectOk(repo.waxseal('lock'))
    expectOk(unlock('bob', { WAXSEAL_PASSPHRASE: BOBS_PASSPHRASE }))
    expectOk(repo.waxseal('lock'))
    expectRefused(unlock('bob', { WAXSEAL_PASSPHRASE: 'wrong' }), 'wrong passphrase')
    expect(repo.has('.git/git-crypt/keys/default')).toBe(false)
    expect(isEncrypted(repo.read('a.secret'))).toBe(true)
    expectRefused(
      repo.waxseal('unlock', '--openpgp-key', vectorPath('openpgp/alice.public.asc')),
      'no private OpenPGP key',
    )
    expectRefused(repo.waxseal('unlock', '--openpgp-key', world.path('missing')), 'no such file')
  })

  it('gives the key to users by their public keys; gpg and git-crypt open those copies', () => {
    const { repo } = withSecrets(world)
    const env = withoutGpg(world, repo)
    const files = ['alice', 'bob'].flatMap((user) => ['--openpgp-key', vectorPath(`openpgp/${user}.public.asc`)])
    expectOk(repo.waxsealWith({ env }, 'add-gpg-user', ...files))
    expect(lastMessage(repo)).toContain(`    ${ALICE}\n        Alice Vector <alice@vector.test>\n`)
    expect(repo.waxsealWith({ env }, 'ls-gpg-users').out.trim().split('\n').toSorted()).toEqual(
      [`default ${BOB}`, `default ${ALICE}`].toSorted(),
    )
    if (!hasGpg) return
    importKey(repo, vectorPath('openpgp/alice.secret.asc'))
    const [one, two] = [world.clone(repo, 'one'), world.clone(repo, 'two')]
    expectOk(one.waxseal('unlock'))
    if (hasGitCrypt) expectOk(two.gitCrypt('unlock'))
    expect(one.read('a.secret').toString()).toBe('first secret\n')
  })

  it.skipIf(!hasGpg)('refuses public keys that are expired, revoked or cannot be encrypted to, with the reason', () => {
    const { repo } = withSecrets(world, PLAIN)
    const add = (fingerprint: string) =>
      repo.waxseal('add-gpg-user', '--openpgp-key', exportKey(world, repo, fingerprint, 'public'))
    expectRefused(add(makeUser(repo, 'signer', SIGN_ONLY)), 'has no key for encryption')
    const old = makeUser(repo, 'old')
    gpg(repo, '--quick-set-expire', old, 'seconds=1')
    repo.run('sleep', ['2'])
    expectRefused(add(old), 'has expired')
    const gone = makeUser(repo, 'gone')
    const certificate = repo.run('sed', [
      's/^:---/---/',
      `${world.env.GNUPGHOME ?? ''}/openpgp-revocs.d/${gone}.rev`,
    ]).out
    writeFileSync(world.path('revoke'), certificate)
    gpg(repo, '--import', world.path('revoke'))
    expectRefused(add(gone), 'is revoked')
    expect(repo.has('.git-crypt')).toBe(false)
    for (const kind of [RSA, NIST]) expectOk(add(makeUser(repo, `user${kind.length}${kind[0]?.length}`, kind)))
  })
})
