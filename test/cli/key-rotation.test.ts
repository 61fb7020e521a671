/** `waxseal keys rotate` and `prune` on the folder of a controller: stopped anywhere, run again, by two at once; and nothing gets lost. */
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { matching, type Sandbox, sandbox } from './support/sandbox.ts'
import { BIN, expectAllOpen, listed, PASSPHRASE, ROTATE, stateOf, VAULT, vault } from './support/vault.ts'

const NAMES = ['a', 'b', 'c']

/** Kills it when it has said so many lines. */
function killedAfter({ folder }: Sandbox, lines: number): Promise<{ readonly signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [BIN, ...ROTATE], { cwd: folder, env: { ...process.env, ...PASSPHRASE } })
  let said = 0
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text.split('\n').length - 1
    if (said >= lines) child.kill('SIGKILL')
  })
  return new Promise((resolve) => child.on('close', (_, signal) => resolve({ signal })))
}

test('list counts what needs a key in files', async () => {
  const box = await vault()
  const { stdout, stderr } = await box.waxseal(['keys', 'list', ...VAULT, 'repository'])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/LAST BACKUP +IN FILES\n.* never +6\n$/)
})

describe('rotating the keys of a folder', () => {
  test('backs up, adds a key, seals again, retires the old one; a second run starts anew', async () => {
    const box = await vault()
    const before = readFileSync(join(box.folder, 'repository/a.yaml'), 'utf8')
    expect(await box.waxseal([...ROTATE, '--dry-run'], { env: PASSPHRASE })).toMatchObject({
      code: 0,
      stderr: matching(
        /would add a new key[\s\S]*files: 6 of 6 SealedSecrets[\s\S]*would retire first[\s\S]*nothing is written\n$/,
      ),
    })
    expect(await stateOf(box)).toEqual(['active, seals'])
    expect(await box.waxseal(ROTATE, { env: PASSPHRASE })).toMatchObject({
      code: 0,
      stdout: matching(/^(?:(?:repository|vault\/sealed)\/[abc]\.yaml\n){6}$/),
      stderr: matching(/^backup: 2 keys in keys\.gpg[\s\S]*first \([0-9a-f]{12}\) is retired now\n$/),
    })
    expect(await stateOf(box)).toEqual(['active, seals', 'retired'])
    expect(readFileSync(join(box.folder, 'repository/a.yaml'), 'utf8')).not.toBe(before)
    expect(statSync(join(box.folder, 'keys.gpg')).mode & 0o777).toBe(0o600)
    expectAllOpen(box)
    expect((await box.waxseal(ROTATE, { env: PASSPHRASE })).code).toBe(0)
    expect(await stateOf(box)).toEqual(['active, seals', 'retired', 'retired'])
    expect(box.list()).toContain('keys.gpg.1')
  })

  test('killed at each of its steps and run again, it comes to the same end with one new key', async () => {
    const original = await vault()
    for (let lines = 1; ; lines++) {
      const box = sandbox()
      cpSync(original.folder, box.folder, { recursive: true })
      const { signal } = await killedAfter(box, lines)
      expectAllOpen(box)
      const again = await box.waxseal(ROTATE, { env: PASSPHRASE })
      expect([lines, again.code, again.stderr]).toEqual([lines, 0, expect.anything()])
      expectAllOpen(box)
      const states = (await stateOf(box)).toSorted()
      // Killed after the last step, a second run is a second rotation.
      expect([
        ['active, seals', 'retired'],
        ['active, seals', 'retired', 'retired'],
      ]).toContainEqual(states)
      const held = await box.waxseal(['keys', 'verify-backup', 'keys.gpg', ...VAULT], { env: PASSPHRASE })
      expect(held.code).toBe(0)
      for (const { fingerprint } of await listed(box)) expect(held.stdout).toContain(fingerprint)
      if (signal === null) break
      expect(lines).toBeLessThan(20)
    }
  }, 180_000)

  test('two people at once come to one new key', async () => {
    const box = await vault()
    const both = await Promise.all(
      ['one.gpg', 'two.gpg'].map((file) =>
        box.waxseal([...ROTATE.slice(0, 5), file, ...ROTATE.slice(6)], { env: PASSPHRASE }),
      ),
    )
    expect(both.some(({ code }) => code === 0) || (await box.waxseal(ROTATE, { env: PASSPHRASE })).code === 0).toBe(
      true,
    )
    expect((await stateOf(box)).filter((state) => state.startsWith('active'))).toEqual(['active, seals'])
    expectAllOpen(box)
  })

  test('a SealedSecret that nobody can read keeps every old key active, and the next run ends it', async () => {
    const box = await vault()
    const path = join(box.folder, 'repository/broken.yaml')
    writeFileSync(path, 'kind: SealedSecret\n  apiVersion: [\n')
    const first = await box.waxseal(ROTATE, { env: PASSPHRASE })
    expect(first).toMatchObject({
      code: 1,
      stderr: matching(/stays active: 1 SealedSecret needs it, or may[\s\S]*error: 1 not sealed again\nhint: /),
    })
    expect(await stateOf(box)).toEqual(['active, seals', 'active'])
    rmSync(path)
    expect((await box.waxseal(ROTATE, { env: PASSPHRASE })).code).toBe(0)
    expect(await stateOf(box)).toEqual(['active, seals', 'retired'])
  })

  test('lists what a leaked key opens before it seals again, and keeps the ticks of people', async () => {
    const box = await vault()
    const fingerprint = (await listed(box))[0]?.fingerprint ?? ''
    const leaked = [...ROTATE, '--compromised', 'first', '--checklist', 'change.md', '--history']
    expect((await box.waxseal([...ROTATE, '--compromised', 'first'], { env: PASSPHRASE })).code).toBe(2)
    expect((await box.waxseal(leaked, { env: PASSPHRASE })).code).toBe(0)
    const list = box.read('change.md')
    expect(list).toContain(`the key ${fingerprint} could open`)
    for (const name of NAMES) expect(list).toContain(`- [ ] shop/${name} (repository/${name}.yaml): password\n`)
    expect(list).toMatch(/- \[ \] shop\/a \([^)]*a\.yaml in blob [0-9a-f]{12}\): password\n/)
    expect(list).not.toContain('of a')
    expect(await stateOf(box)).toEqual(['active, seals', 'compromised'])
    box.write('change.md', list.replace('- [ ] shop/a (repository', '- [x] shop/a (repository'))
    expect((await box.waxseal(leaked, { env: PASSPHRASE })).code).toBe(0)
    expect(box.read('change.md')).toContain('- [x] shop/a (repository')
    expect(box.read('change.md')).not.toContain('- [ ] shop/a (repository')
  })
})

describe('pruning the keys of a folder', () => {
  test('deletes only what no file, no commit and no person needs, and a backup holds', async () => {
    const box = await vault()
    expect((await box.waxseal(ROTATE, { env: PASSPHRASE })).code).toBe(0)
    const prune = (...args: readonly string[]) =>
      box.waxseal(['keys', 'prune', ...VAULT, '--yes', ...args], { env: PASSPHRASE })
    expect(await prune('--history', 'repository')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: matching(/first \([0-9a-f]{12}\) stays: 3 SealedSecrets need it[\s\S]*a\.yaml in blob/),
    })
    const first = (await listed(box)).find(({ name }) => name === 'first')
    // The time that is noted at the key says not where the backup is.
    const unproven = await prune('--dry-run', 'repository')
    expect(unproven).toMatchObject({
      code: 0,
      stdout: '',
      stderr: matching(/stays: only a backup that is opened proves/),
    })
    const proven = await prune('--dry-run', '--backup', 'keys.gpg', 'repository')
    expect(proven).toMatchObject({ code: 0, stdout: `${first?.fingerprint}\n` })
    expect(await prune('--backup', 'keys.gpg', 'repository')).toMatchObject({
      code: 0,
      stdout: `${first?.fingerprint}\n`,
    })
    expect(await stateOf(box)).toEqual(['active, seals'])
    expectAllOpen(box)
    expect((await box.waxseal(['keys', 'restore', 'keys.gpg', ...VAULT], { env: PASSPHRASE })).code).toBe(0)
    expect(await stateOf(box)).toHaveLength(2)
  })

  test('keeps a key that no backup holds, unless its whole fingerprint is typed; never the one that seals', async () => {
    const box = await vault()
    const unheld = [...ROTATE.filter((word) => word !== '--backup' && word !== 'keys.gpg'), '--no-backup']
    expect((await box.waxseal(unheld)).code).toBe(0)
    const [newest, old] = (await listed(box)).map(({ fingerprint }) => fingerprint)
    const prune = (...args: readonly string[]) => box.waxseal(['keys', 'prune', ...VAULT, '--yes', ...args])
    expect(await prune()).toMatchObject({
      code: 0,
      stdout: '',
      stderr: matching(/stays: only a backup that is opened proves that one holds it: --backup FILE\n/),
    })
    expect(await prune('--force', old?.slice(0, 16) ?? '')).toMatchObject({ code: 2 })
    expect(await prune('--force', newest ?? '')).toMatchObject({
      code: 1,
      stderr: matching(/the controller seals with/),
    })
    expect(await listed(box)).toHaveLength(2)
    expect(await prune('--force', old ?? '')).toMatchObject({ code: 0, stdout: `${old}\n` })
    expectAllOpen(box)
  })
})

describe('looking after the keys of a folder', () => {
  test('doctor tells what is missing, and is content when it is not', async () => {
    const box = await vault()
    const doctor = () => box.waxseal(['keys', 'doctor', ...VAULT])
    const lonely = await doctor()
    expect(lonely).toMatchObject({
      code: 1,
      stdout: matching(
        /^ok +first \([0-9a-f]{12}\) seals, and is 0 days old\n[\s\S]*^error +first \S+ is in no backup/m,
      ),
      stderr: 'error: 1 of 4 checks failed\nhint: each says what to do about it\n',
    })
    expect((await box.waxseal(['keys', 'backup', 'keys.gpg', ...VAULT], { env: PASSPHRASE })).code).toBe(0)
    expect(await doctor()).toMatchObject({ code: 0, stderr: '' })
    const path = join(box.folder, 'vault/keys/first.yaml')
    writeFileSync(path, readFileSync(path, 'utf8').replace('sealed-secrets-key: active', 'sealed-secrets-key: paused'))
    chmodSync(join(box.folder, 'vault/keys'), 0o755)
    chmodSync(path, 0o644)
    const bad = await doctor()
    expect(bad.code).toBe(1)
    expect(bad.stdout).toMatch(/^error +no active key that can be used/m)
    expect(bad.stdout).toMatch(/^warning +first \S+ has the label "paused", so that it is not used: /m)
    expect(bad.stdout).toMatch(/^warning +others on this machine can read vault\/keys\/first\.yaml: chmod/m)
  })
})
