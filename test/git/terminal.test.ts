/** The passphrase prompt, on a terminal made by `script` (util-linux). */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BOB, BOBS_PASSPHRASE, vectorBytes, vectorPath } from './support/gpg.ts'
import { describeUnless } from './support/needs.ts'
import { expectOk, withSecrets } from './support/secrets.ts'
import { isEncrypted, makeWorld, type Repo, type World } from './support/world.ts'

const BIN = new URL('../../packages/cli/bin/waxseal.js', import.meta.url).pathname

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

/** Locked, with a copy of the key for bob, whose private key has a passphrase. */
function bobsRepository(): Repo {
  const { repo } = withSecrets(world, {})
  expectOk(repo.waxseal('lock', '-f'))
  expectOk(repo.waxseal('unlock', vectorPath('keys/default.key')))
  mkdirSync(repo.path('.git-crypt/keys/default/0'), { recursive: true })
  repo.write(`.git-crypt/keys/default/0/${BOB}.gpg`, vectorBytes(`openpgp/${BOB}.gpg`))
  repo.write('a.secret', 'first secret\n')
  repo.commit('with bob')
  expectOk(repo.waxseal('lock'))
  return repo
}

/** Unlocks on a terminal, types the answer when asked, and has the terminal's settings printed last. */
async function unlockTyping(repo: Repo, typed: string, input: string): Promise<{ code: number | null; shown: string }> {
  const unlock = `"$NODE" "$BIN" git unlock --openpgp-key "$KEY" ${input}; code=$?; stty -a; exit $code`
  const child = spawn('script', ['-qec', unlock, '/dev/null'], {
    cwd: repo.folder,
    env: { ...world.env, NODE: process.execPath, BIN, KEY: vectorPath('openpgp/bob.secret.asc') },
  })
  let shown = ''
  let isAnswered = false
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    if (isAnswered || !/Passphrase for [^\n]*: $/.test(shown)) return
    isAnswered = true
    child.stdin.write(typed)
  })
  await once(child, 'close')
  return { code: child.exitCode, shown }
}

const missing =
  spawnSync('script', ['--version']).error === undefined ? undefined : 'script (util-linux) is not installed'

describeUnless(missing, 'asked for a passphrase on a terminal', () => {
  it.each([
    ['right', `${BOBS_PASSPHRASE}\n`, 0, 'unlocked with "default"'],
    ['right, ended by return', `${BOBS_PASSPHRASE}\r`, 0, 'unlocked with "default"'],
    ['right after a correction', `${BOBS_PASSPHRASE}é!\u007F\b\n`, 0, 'unlocked with "default"'],
    ['wrong', 'battery staple\n', 1, 'wrong passphrase of the private key'],
    ['empty', '\n', 1, 'wrong passphrase of the private key'],
    ['Ctrl-C', 'corr\u0003', 1, 'cancelled'],
    ['Ctrl-D', 'corr\u0004', 1, 'cancelled'],
  ])('%s', async (_, typed, code, said) => {
    const repo = bobsRepository()
    for (const input of ['', '</dev/null']) {
      const result = await unlockTyping(repo, typed, input)
      expect(result.shown).toContain(said)
      expect(result.code).toBe(code)
      expect(result.shown).toContain(`Passphrase for the private key ${BOB}: `)
      for (const part of ['corr', 'horse', 'battery', '!']) expect(result.shown).not.toContain(part)
      // The terminal is as it was.
      expect(result.shown).toMatch(/ icanon[\s\S]* echo /)
      expect(isEncrypted(repo.read('a.secret'))).toBe(code !== 0)
      expect(repo.has('.git/git-crypt/keys/default')).toBe(code === 0)
      if (code === 0) expectOk(repo.waxseal('lock'))
    }
  })
})
