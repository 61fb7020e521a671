/** `waxseal keys` on the folder of a controller: listed, added, retired, backed up, lost and restored. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerOf } from '../kube/json.ts'
import { CERT, KEY, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'

const [BRAVO_CERT, BRAVO_KEY] = [CERT, KEY].map((path) => path.replace('alpha', 'bravo'))
const CONTROLLER = new URL('../../packages/controller/bin/waxseal-controller.js', import.meta.url).pathname
const OPENPGP = new URL('../vectors/git-crypt/openpgp/', import.meta.url).pathname
const VAULT = ['--directory', 'vault']

interface Listed {
  readonly fingerprint: string
  readonly name: string
  readonly state: string
  readonly seals: boolean
  readonly lastBackup: string | null
}

/** A folder with the keys alpha and bravo, and a SealedSecret for alpha. */
async function vault(): Promise<{
  box: Sandbox
  keys: (...args: readonly string[]) => ReturnType<Sandbox['waxseal']>
}> {
  const box = sandbox()
  const keys = (...args: readonly string[]) => box.waxseal(['keys', ...args])
  for (const [cert, key, name] of [
    [CERT, KEY, 'alpha'],
    [BRAVO_CERT ?? '', BRAVO_KEY ?? '', 'bravo'],
  ] as const) {
    const args = ['import', '--cert', cert, '--key', key, '--name', name, ...VAULT]
    expect(await keys(...args)).toMatchObject({ code: 0, stdout: `${name}\n` })
  }
  return { box, keys }
}

async function listed(box: Sandbox): Promise<readonly Listed[]> {
  const { code, stdout } = await box.waxseal(['keys', 'list', ...VAULT, '-o', 'json'])
  expect(code).toBe(0)
  return answerOf<Listed[]>(stdout)
}

/** Runs the controller on the folder until all is looked at. */
function opened(box: Sandbox): string {
  const args = [CONTROLLER, ...VAULT, '--once']
  const { stdout } = spawnSync(process.execPath, args, { cwd: box.folder })
  return stdout.toString().trim()
}

describe('keys of a folder', () => {
  test('are listed as the controller sees them; retired, they open nothing, activated again, they do', async () => {
    const { box, keys } = await vault()
    expect((await listed(box)).map(({ name, state }) => [name, state])).toEqual(
      expect.arrayContaining([
        ['alpha', 'active'],
        ['bravo', 'active'],
      ]),
    )
    expect((await listed(box)).filter(({ seals }) => seals)).toHaveLength(1)
    const table = await keys('list', ...VAULT)
    expect(table.stdout).toMatch(
      /^FINGERPRINT +NAME +STATE +NOT BEFORE +NOT AFTER +NEEDED BY +LAST BACKUP\n[0-9a-f]{16} +/,
    )
    const args = ['seal', '--cert', CERT, '--output-template', 'vault/sealed/{name}.yaml']
    expect((await box.waxseal(args, { stdin: secretYaml('db', { a: '1' }) })).code).toBe(0)
    expect(opened(box)).toBe('opened 1 of 1 SealedSecrets')
    rmSync(join(box.folder, 'vault/secrets'), { recursive: true })
    const alpha = (await listed(box)).find(({ name }) => name === 'alpha')
    expect(await keys('retire', 'alpha', ...VAULT)).toMatchObject({
      code: 1,
      stderr: matching(
        /^needs an old key: shop\/db \(vault\/sealed\/db\.yaml\): [0-9a-f]{16}\nerror: alpha \([0-9a-f]{12}\) stays active: 1 SealedSecret needs it, or may\nhint: /,
      ),
    })
    expect(opened(box)).toBe('opened 1 of 1 SealedSecrets')
    rmSync(join(box.folder, 'vault/secrets'), { recursive: true })
    expect(await keys('retire', '--force', alpha?.fingerprint.slice(0, 8) ?? '', ...VAULT)).toMatchObject({
      code: 0,
      stderr: matching(/^alpha \([0-9a-f]{12}\) is retired now\n$/),
    })
    expect(opened(box)).toBe('opened 0 of 1 SealedSecrets')
    expect(await keys('retire', 'bravo', ...VAULT)).toMatchObject({
      code: 1,
      stderr: matching(/^error: that would leave no active key\nhint: /),
    })
    expect((await keys('activate', 'alpha', ...VAULT)).code).toBe(0)
    expect(opened(box)).toBe('opened 1 of 1 SealedSecrets')
    expect((await keys('retire', '--compromised', 'bravo', ...VAULT)).code).toBe(0)
    expect((await listed(box)).find(({ name }) => name === 'bravo')?.state).toBe('compromised')
  })

  test('new ones: made or imported, checked, never twice, never over another', async () => {
    const { box, keys } = await vault()
    const made = await keys('generate', '--bits', '2048', ...VAULT)
    expect(made).toMatchObject({ code: 0, stdout: matching(/^sealed-secrets-key[a-z0-9]{5}\n$/) })
    expect(statSync(join(box.folder, `vault/keys/${made.stdout.trim()}.yaml`)).mode & 0o777).toBe(0o600)
    expect((await listed(box))[0]).toMatchObject({ name: made.stdout.trim(), seals: true })
    const again = ['import', '--cert', CERT, '--key', KEY, ...VAULT]
    expect(await keys(...again)).toMatchObject({
      code: 1,
      stderr: matching(/has this key already: alpha, active\nhint: /),
    })
    const mixed = ['import', '--cert', CERT, '--key', BRAVO_KEY ?? '', ...VAULT]
    expect(await keys(...mixed)).toMatchObject({ code: 1, stderr: matching(/do not belong together\nhint: /) })
    const both = await keys('generate', '--cluster', ...VAULT)
    expect(both).toMatchObject({ code: 2, stderr: matching(/--cluster and --directory exclude each other/) })
    const none = await keys('retire', 'nobody', ...VAULT)
    expect(none).toMatchObject({ code: 1, stderr: matching(/^error: no key nobody in folder vault\/keys\nhint: /) })
    const gone = await keys('list', '--directory', 'gone')
    expect(gone).toMatchObject({
      code: 1,
      stderr: matching(/^error: open gone\/keys: no such file or directory\nhint: /),
    })
  })
})

describe('a backup', () => {
  const passphrase = { WAXSEAL_PASSPHRASE: 'open sesame' }

  test('with a passphrase: noted at the keys, verified, and after a disaster all opens again', async () => {
    const { box, keys } = await vault()
    const args = ['seal', '--cert', CERT, '--output-template', 'vault/sealed/{name}.yaml']
    await box.waxseal(args, { stdin: secretYaml('db', { a: '1' }) })
    await keys('retire', 'bravo', ...VAULT)
    const before = await listed(box)
    const backup = await box.waxseal(['keys', 'backup', 'keys.gpg', ...VAULT], { env: passphrase })
    expect(backup).toMatchObject({
      code: 0,
      stdout: '',
      stderr: matching(/^keys\.gpg: 2 keys of folder vault\/keys for a passphrase\n$/),
    })
    expect(statSync(join(box.folder, 'keys.gpg')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(box.folder, 'keys.gpg')).includes('PRIVATE')).toBe(false)
    expect((await listed(box)).map(({ lastBackup }) => lastBackup)).toEqual([matching(/^20\d\d-.*Z$/), matching(/Z$/)])
    const verified = await box.waxseal(['keys', 'verify-backup', 'keys.gpg', ...VAULT], { env: passphrase })
    expect(verified).toMatchObject({ code: 0, stderr: matching(/2 keys, all whole, and every active key/) })
    rmSync(join(box.folder, 'vault/keys'), { recursive: true })
    rmSync(join(box.folder, 'vault/secrets'), { recursive: true, force: true })
    const dry = await box.waxseal(['keys', 'restore', 'keys.gpg', '--dry-run', ...VAULT], { env: passphrase })
    expect(dry).toMatchObject({ code: 0, stderr: matching(/2 of 2 keys restored .*dry run/) })
    const restored = await box.waxseal(['keys', 'restore', 'keys.gpg', ...VAULT], { env: passphrase })
    expect(restored).toMatchObject({ code: 0, stderr: matching(/2 of 2 keys restored to folder vault\/keys\n/) })
    const facts = (all: readonly Listed[]) =>
      all.map(({ fingerprint, name, state }) => `${fingerprint} ${name} ${state}`).toSorted()
    expect(facts(await listed(box))).toEqual(facts(before))
    expect(opened(box)).toBe('opened 1 of 1 SealedSecrets')
    const twice = await box.waxseal(['keys', 'restore', 'keys.gpg', ...VAULT], { env: passphrase })
    expect(twice).toMatchObject({ code: 0, stdout: '', stderr: matching(/0 of 2 keys restored/) })
  })

  test('that lacks an active key, is damaged, truncated, for others or no backup at all is told, and nothing is restored', async () => {
    const { box, keys } = await vault()
    const only = ['keys', 'backup', 'one.gpg', '--only', 'alpha', ...VAULT]
    expect((await box.waxseal(only, { env: passphrase })).code).toBe(0)
    const bytes = readFileSync(join(box.folder, 'one.gpg'))
    box.write('cut.gpg', bytes.subarray(0, bytes.length - 40))
    box.write(
      'damaged.gpg',
      Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 100 ? byte ^ 1 : byte)),
    )
    box.write('text', 'hello: world\n')
    box.write('garbage', Buffer.from([0xff, 0, 1, 2, 3]))
    const cases = [
      [['one.gpg'], passphrase, /^error: one\.gpg lacks bravo \([0-9a-f]{12}\), active in folder vault\/keys\nhint: /],
      [['one.gpg'], { WAXSEAL_PASSPHRASE: 'wrong' }, /^error: one\.gpg: a wrong passphrase, or the file is damaged\n/],
      [['cut.gpg'], passphrase, /^error: cut\.gpg: (a wrong passphrase, or the file is damaged|no OpenPGP message)/],
      [['damaged.gpg'], passphrase, /^error: damaged\.gpg: a wrong passphrase, or the file is damaged\n/],
      [['text'], {}, /error: text: there is no key Secret in it\nhint: /],
      [['garbage'], {}, /^error: garbage: no OpenPGP message/],
      [['gone'], {}, /^error: open gone: no such file/],
    ] as const
    for (const [args, env, error] of cases) {
      const result = await box.waxseal(['keys', 'verify-backup', ...args, ...VAULT], { env })
      expect(result).toMatchObject({ code: 1, stderr: matching(error) })
    }
    rmSync(join(box.folder, 'vault/keys/alpha.yaml'))
    for (const file of ['cut.gpg', 'damaged.gpg', 'text', 'garbage']) {
      expect((await box.waxseal(['keys', 'restore', file, ...VAULT], { env: passphrase })).code).toBe(1)
    }
    expect((await listed(box)).map(({ name }) => name)).toEqual(['bravo'])
    expect((await keys('backup', 'x.gpg', '--recipient', 'nobody@example.test', ...VAULT)).code).toBe(1)
    expect(box.list()).not.toContain('x.gpg')
  })

  test('in plain text only when asked for, never on standard output', async () => {
    const { box, keys } = await vault()
    expect(await keys('backup', '--plaintext', '-', ...VAULT)).toMatchObject({ code: 2, stdout: '' })
    const plain = await keys('backup', '--plaintext', 'keys.yaml', ...VAULT)
    expect(plain).toMatchObject({ code: 0, stderr: matching(/^warning: keys\.yaml is not encrypted/) })
    expect(statSync(join(box.folder, 'keys.yaml')).mode & 0o777).toBe(0o600)
    const read = await box.waxseal(['keys', 'verify-backup', '--offline', 'keys.yaml'])
    expect(read.code).toBe(0)
    const lines = read.stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/^[0-9a-f]{64} {2}/, ''))
    expect(lines.toSorted()).toEqual(['alpha  active', 'bravo  active'])
    expect(await box.waxseal(['keys', 'backup', 'x.gpg', ...VAULT])).toMatchObject({
      code: 1,
      stderr: matching(/needs a passphrase.*\nhint: .*WAXSEAL_PASSPHRASE/),
    })
  })
})

describe('a backup for OpenPGP keys', () => {
  /** A gpg home of its own with the secret keys of alice. */
  function gpgHome(): Record<string, string> {
    const home = mkdtempSync(join(tmpdir(), 'wxk-'))
    onTestFinished(() => {
      spawnSync('gpgconf', ['--homedir', home, '--kill', 'all'])
      rmSync(home, { recursive: true, force: true })
    })
    const env = { ...process.env, GNUPGHOME: home }
    const { status, stderr } = spawnSync('gpg', ['--batch', '--import', `${OPENPGP}alice.secret.asc`], { env })
    expect([status, stderr.toString()]).toEqual([0, matching(/secret key imported/)])
    return { GNUPGHOME: home }
  }

  test('gpg opens it into what kubectl takes; several recipients, each opens it; waxseal with or without gpg', async () => {
    const { box } = await vault()
    const env = gpgHome()
    const args = [
      'keys',
      'backup',
      '-r',
      `${OPENPGP}alice.public.asc`,
      '-r',
      `${OPENPGP}bob.public.asc`,
      'keys.gpg',
      ...VAULT,
    ]
    expect(await box.waxseal(args, { env })).toMatchObject({ code: 0, stderr: matching(/for 97FF2376.*, 34CE9F9E/) })
    const decrypted = spawnSync('gpg', ['-q', '-d', 'keys.gpg'], { cwd: box.folder, env: { ...process.env, ...env } })
    const manifest = decrypted.stdout.toString()
    expect(manifest.match(/^kind: Secret$/gm)).toHaveLength(2)
    expect(manifest).toContain('sealedsecrets.bitnami.com/sealed-secrets-key: active')
    expect(manifest).not.toMatch(/resourceVersion|uid:|creationTimestamp|last-backup/)
    expect((await box.waxseal(['keys', 'verify-backup', 'keys.gpg', ...VAULT], { env })).code).toBe(0)
    box.write('phrase', 'correct horse\n')
    const bob = ['--openpgp-key', `${OPENPGP}bob.secret.asc`, '--passphrase-file', 'phrase']
    const withoutGpg = await box.waxseal(['keys', 'verify-backup', '--offline', ...bob, 'keys.gpg'])
    expect(withoutGpg).toMatchObject({ code: 0, stdout: matching(/alpha/) })
    writeFileSync(join(box.folder, 'phrase'), 'wrong\n')
    const wrong = await box.waxseal(['keys', 'verify-backup', '--offline', ...bob, 'keys.gpg'])
    expect(wrong).toMatchObject({
      code: 1,
      stderr: matching(/^error: keys\.gpg: no key in .*bob\.secret\.asc opens it\nhint: /),
    })
    const byName = ['keys', 'backup', '-r', 'alice', 'two.gpg', ...VAULT]
    expect(await box.waxseal(byName, { env })).toMatchObject({
      code: 1,
      stderr: matching(/nothing says that the key 97FF.* belongs to .*\nhint: --trusted/),
    })
    expect((await box.waxseal([...byName, '--trusted'], { env })).code).toBe(0)
  })
})
