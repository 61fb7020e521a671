/** What commands take for input: several files, folders as git sees them, and standard input; each file once. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OFFLINE, OLD, sealed } from './support/resealing.ts'
import { CERT, KEY, type Sandbox, sandbox, secretYaml } from './support/sandbox.ts'

/** Manifests in `in` and below; what is in `in/ignored` git does not want to see. */
async function repository(make: (box: Sandbox, name: string) => Promise<string> | string): Promise<Sandbox> {
  const box = sandbox()
  for (const folder of ['.git', 'in', 'in/sub', 'in/ignored']) mkdirSync(join(box.folder, folder))
  box.write('in/.gitignore', 'ignored/\n')
  for (const path of ['in/a', 'in/sub/b', 'in/ignored/c', 'd']) {
    box.write(`${path}.yaml`, await make(box, path.slice(-1)))
  }
  return box
}

/** Names and folders, and one file twice. */
const PATHS = ['in', 'd.yaml', 'in/a.yaml', './in/sub/']

test('seal', async () => {
  const box = await repository((_, name) => secretYaml(name, { a: '1' }))
  const names = async (args: readonly string[], stdin = ''): Promise<readonly string[]> => {
    const { stdout } = await box.waxseal(['seal', '--cert', CERT, ...args], { stdin })
    return [...stdout.matchAll(/^ {2}name: (\w)$/gm)].map(([, name = '']) => name)
  }
  expect(await names(PATHS)).toEqual(['a', 'b', 'd'])
  expect(await names(['in/ignored/c.yaml', '-'], secretYaml('e', { a: '1' }))).toEqual(['c', 'e'])
})

test('unseal', async () => {
  const box = await repository((sandbox, name) => sealed(sandbox, name, { a: '1' }, CERT))
  const names = async (args: readonly string[], stdin = ''): Promise<string> =>
    (await box.waxseal(['unseal', '--key', KEY, '-o', 'name', ...args], { stdin })).stdout
  expect(await names(PATHS)).toBe('secret/a\nsecret/b\nsecret/d\n')
  expect(await names(['in/ignored/c.yaml', '-'], box.read('d.yaml'))).toBe('secret/c\nsecret/d\n')
})

test('verify', async () => {
  const box = await repository((sandbox, name) => sealed(sandbox, name, { a: '1' }))
  const names = async (args: readonly string[], stdin = ''): Promise<string> =>
    (await box.waxseal(['verify', '--key', KEY, '-o', 'name', ...args], { stdin })).stdout
  expect(await names(PATHS)).toBe('in/a.yaml\nin/sub/b.yaml\nd.yaml\n')
  expect(await names(['in/ignored/c.yaml', '-'], box.read('d.yaml'))).toBe('in/ignored/c.yaml\nstdin\n')
})

test('reseal', async () => {
  const box = await repository((sandbox, name) => sealed(sandbox, name, { a: '1' }))
  const ignored = box.read('in/ignored/c.yaml')
  const result = await box.waxseal(['reseal', ...OFFLINE, ...PATHS])
  expect(result).toMatchObject({ code: 0, stdout: 'in/a.yaml\nin/sub/b.yaml\nd.yaml\n' })
  expect(box.read('in/ignored/c.yaml')).toBe(ignored)
  expect((await box.waxseal(['verify', '--key', OLD.key, 'in/ignored/c.yaml'])).code).toBe(0)
})

test('check', async () => {
  const box = await repository((_, name) => secretYaml(name, { a: '1' }))
  const names = async (args: readonly string[], stdin = ''): Promise<string> =>
    (await box.waxseal(['check', '-o', 'name', ...args], { stdin })).stdout
  expect(await names(PATHS)).toBe('in/a.yaml\nin/sub/b.yaml\nd.yaml\n')
  expect(await names(['in/ignored/c.yaml', '-'], box.read('d.yaml'))).toBe('in/ignored/c.yaml\nstdin\n')
})
