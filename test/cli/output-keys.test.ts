/** -o of `waxseal keys`: what became of each key, for programs. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CERT, containing, KEY, matching, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'

const [BRAVO_CERT, BRAVO_KEY] = [CERT, KEY].map((path) => path.replace('alpha', 'bravo'))
const VAULT = ['--directory', 'vault']
const FINGERPRINT = matching(/^[0-9a-f]{64}$/)
const env = { WAXSEAL_PASSPHRASE: 'open sesame' }

interface Vault {
  readonly box: Sandbox
  readonly keys: (...args: readonly string[]) => ReturnType<Sandbox['waxseal']>
  /** What a command that succeeds prints with `-o json`. */
  readonly entries: (...args: readonly string[]) => Promise<unknown>
}

/** The folder of a controller with the keys alpha and bravo. */
async function vault(): Promise<Vault> {
  const box = sandbox()
  const keys = (...args: readonly string[]) => box.waxseal(['keys', ...args, ...VAULT], { env })
  const entries = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await keys(...args, '-o', 'json')
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).not.toContain('PRIVATE')
    return JSON.parse(stdout)
  }
  await keys('import', '--cert', CERT, '--key', KEY, '--name', 'alpha')
  await keys('import', '--cert', BRAVO_CERT ?? '', '--key', BRAVO_KEY ?? '', '--name', 'bravo')
  return { box, keys, entries }
}

const entry = (name: string, result: string, state = 'active') => ({ name, fingerprint: FINGERPRINT, state, result })

describe('keys', () => {
  test('made in files: the paths', async () => {
    const box = sandbox()
    const generate = (...args: readonly string[]) => box.waxseal(['keys', 'generate', '--bits', '2048', ...args])
    const files = { key: 'key.pem', certificate: 'cert.pem' }
    const dry = await generate('--dry-run', '-o', 'json')
    expect([JSON.parse(dry.stdout), box.list()]).toEqual([[{ result: 'added', files }], []])
    const yaml = await generate('-o', 'yaml')
    expect(parse(yaml.stdout)).toEqual([{ fingerprint: FINGERPRINT, result: 'added', files }])
    const name = await generate('--key-out', 'a.key', '--cert-out', 'a.crt', '-o', 'name')
    expect([name.stdout, box.list()]).toEqual(['a.key\na.crt\n', ['a.crt', 'a.key', 'cert.pem', 'key.pem']])
  })

  test('added to a controller: as kubectl names them, and so they can be named', async () => {
    const { keys, entries } = await vault()
    const charlie = [CERT, KEY].map((path) => path.replace('alpha', 'charlie'))
    const pair = ['import', '--cert', charlie[0] ?? '', '--key', charlie[1] ?? '', '--name', 'charlie']
    expect(await entries(...pair, '--dry-run')).toEqual([entry('charlie', 'added')])
    expect((await keys(...pair, '-o', 'name')).stdout).toBe('secret/charlie\n')
    const made = await keys('generate', '--bits', '2048', '-o', 'name')
    expect(made.stdout).toMatch(/^secret\/sealed-secrets-key[a-z0-9]{5}\n$/)
    expect((await keys('list', '-o', 'name')).stdout.split('\n').toSorted()).toEqual(
      expect.arrayContaining(['secret/alpha', 'secret/bravo', 'secret/charlie', made.stdout.trim()]),
    )
    expect((await keys('retire', 'secret/charlie')).stderr).toMatch(/^charlie .* is retired now\n$/)
  })

  test('retired and activated: what changed, and what was so already', async () => {
    const { keys, entries } = await vault()
    expect(await entries('retire', '--dry-run', 'alpha')).toEqual([entry('alpha', 'changed', 'retired')])
    expect((await keys('retire', '-o', 'name', 'alpha')).stdout).toBe('secret/alpha\n')
    expect(await entries('retire', 'alpha')).toEqual([entry('alpha', 'unchanged', 'retired')])
    expect((await keys('activate', '-o', 'name', 'alpha', 'bravo')).stdout).toBe('secret/alpha\n')
    expect(await keys('retire', '-o', 'json', 'alpha', 'bravo')).toMatchObject({ code: 1, stdout: '' })
  })

  test('backed up, verified, lost and restored, pruned', async () => {
    const { box, keys, entries } = await vault()
    const both = (result: string) => expect.arrayContaining([entry('alpha', result), entry('bravo', result)]) as unknown
    expect(await entries('backup', '--dry-run', 'keys.gpg')).toEqual(both('saved'))
    expect(await entries('backup', 'keys.gpg')).toEqual(both('saved'))
    expect((await keys('backup', '--only', 'alpha', 'one.gpg', '-o', 'name')).stdout).toBe('secret/alpha\n')
    const stream = await keys('backup', '-', '-o', 'json')
    expect(stream).toMatchObject({ code: 2, stdout: '', stderr: containing('--output is for a FILE') })
    expect(await entries('verify-backup', 'keys.gpg')).toEqual(both('whole'))
    const lacking = await keys('verify-backup', 'one.gpg', '-o', 'json')
    expect([lacking.code, JSON.parse(lacking.stdout)]).toEqual([
      1,
      [entry('alpha', 'whole'), entry('bravo', 'missing')],
    ])
    await keys('retire', 'alpha')
    const again = await entries('restore', 'keys.gpg')
    expect(again).toEqual(
      expect.arrayContaining([
        { ...entry('alpha', 'unchanged', 'retired'), reason: 'retired there and active in the backup' },
        entry('bravo', 'unchanged'),
      ]),
    )
    box.write('db.yaml', (await box.waxseal(['seal', '--cert', CERT], { stdin: secretYaml('db', { a: '1' }) })).stdout)
    const kept = { ...entry('alpha', 'kept', 'retired'), reason: '1 SealedSecret needs it, or may' }
    expect(await entries('prune', '--yes', 'db.yaml')).toEqual([kept])
    expect(await entries('prune', '--backup', 'keys.gpg', '--dry-run')).toEqual([entry('alpha', 'deleted', 'retired')])
    expect((await keys('prune', '--backup', 'keys.gpg', '--yes', '-o', 'name')).stdout).toBe('secret/alpha\n')
    expect((await keys('restore', 'keys.gpg', '-o', 'name')).stdout).toBe('secret/alpha\n')
  })

  test('rotated: keys, SealedSecrets, and what still needs an old key', async () => {
    const { box, keys, entries } = await vault()
    const seal = async (name: string, cert = CERT) =>
      (await box.waxseal(['seal', '--cert', cert], { stdin: secretYaml(name, { a: '1' }) })).stdout
    box.write('db.yaml', await seal('db'))
    box.write('lost.yaml', await seal('lost', CERT.replace('alpha', 'charlie')))
    const common = ['rotate', '--no-backup', '--bits', '2048', '--retire-old']
    const preview = await entries(...common, '--dry-run', 'db.yaml')
    expect(preview).toMatchObject({
      keys: [
        { state: 'active', result: 'added' },
        { state: 'retired', result: 'changed' },
        { state: 'retired', result: 'changed' },
      ],
      sealedSecrets: [],
      needs: [{ namespace: 'shop', name: 'db', where: 'db.yaml', items: ['a'], keys: [FINGERPRINT] }],
    })
    const failed = await keys(...common, '--yes', '-o', 'json', 'db.yaml', 'lost.yaml')
    expect([failed.code, JSON.parse(failed.stdout)]).toMatchObject([
      1,
      {
        keys: [
          { name: matching(/^sealed-secrets-key-after-/), result: 'added' },
          { result: 'kept', reason: '1 SealedSecret needs it, or may' },
          { result: 'kept' },
        ],
        sealedSecrets: [
          { file: 'db.yaml', name: 'db', result: 'resealed', items: [{ key: 'a', result: 'resealed' }] },
          { file: 'lost.yaml', name: 'lost', result: 'failed', error: containing('no key could') },
        ],
        needs: [{ name: 'lost', unknown: containing('no key here opens a') }],
      },
    ])
    const done = await keys(...common, '--yes', '-o', 'yaml', 'db.yaml')
    expect([done.code, parse(done.stdout)]).toMatchObject([
      0,
      {
        keys: [
          { result: 'unchanged' },
          { result: 'changed', state: 'retired' },
          { result: 'changed', state: 'retired' },
        ],
        sealedSecrets: [{ name: 'db', result: 'current' }],
        needs: [],
      },
    ])
  })

  test('doctor knows YAML', async () => {
    const { keys } = await vault()
    const [json, yaml] = [await keys('doctor', '-o', 'json'), await keys('doctor', '-o', 'yaml')]
    expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout))
  })
})
