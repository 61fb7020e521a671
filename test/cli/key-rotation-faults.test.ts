/** `waxseal keys rotate` where the disk is full, and among links, submodules and files that are broken: nothing gets lost. */
import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeWithMounts, makeSpace, type Space } from '../git/support/mounts.ts'
import { makeWorld, type World } from '../git/support/world.ts'
import { matching, type Sandbox } from './support/sandbox.ts'
import { BIN, CONTROLLER, commit, PASSPHRASE, ROTATE, sealInto, VAULT, vault } from './support/vault.ts'

/** What opens with the keys that are left, of a file or folder. */
async function opens(box: Sandbox, path: string): Promise<boolean> {
  rmSync(join(box.folder, 'active.yaml'), { force: true })
  const keys = spawnSync('sh', ['-c', 'for f in vault/keys/*.yaml; do echo ---; cat "$f"; done'], { cwd: box.folder })
  box.write('active.yaml', keys.stdout)
  return (await box.waxseal(['verify', '--key', 'active.yaml', path])).code === 0
}

test('links are not followed, submodules are; a broken file keeps the old key active until it is mended', async () => {
  const box = await vault(['a'])
  const path = (...parts: readonly string[]): string => join(box.folder, ...parts)
  await sealInto(box, 'outside', ['x'])
  await sealInto(box, 'module', ['m'])
  const git = (cwd: string, ...args: readonly string[]): number | null => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.test', '-c', 'protocol.file.allow=always']
    return spawnSync('git', [...identity, ...args], { cwd: path(cwd) }).status
  }
  commit(box, 'module')
  expect(git('repository', 'submodule', '--quiet', 'add', path('module'), 'sub')).toBe(0)
  symlinkSync('../outside/x.yaml', path('repository/link.yaml'))
  symlinkSync('../outside', path('repository/folder'))
  const before = readFileSync(path('outside/x.yaml'), 'utf8')
  writeFileSync(path('repository/broken.yaml'), 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: [\n')
  const first = await box.waxseal(ROTATE, { env: PASSPHRASE })
  expect(first.stderr).toContain('broken.yaml')
  const states = async (): Promise<string> => (await box.waxseal(['keys', 'list', ...VAULT])).stdout
  expect(await states()).not.toContain('retired')
  rmSync(path('repository/broken.yaml'))
  expect(await box.waxseal(ROTATE, { env: PASSPHRASE })).toMatchObject({ code: 0 })
  expect(await states()).toContain('retired')
  expect(readFileSync(path('outside/x.yaml'), 'utf8')).toBe(before)
  expect(readlinkSync(path('repository/link.yaml'))).toBe('../outside/x.yaml')
  for (const each of ['repository/a.yaml', 'repository/sub/m.yaml', 'vault/sealed/a.yaml'])
    expect([each, await opens(box, each)]).toEqual([each, true])
})

describeWithMounts('rotating on a full disk', () => {
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

  test.each([0, 1, 2, 4, 8])('with room for %i pages: told, nothing lost, and run again it is done', async (pages) => {
    const names = ['a', 'b', 'c']
    const box = await vault(names)
    const place = world.path('small')
    const script = 'mkdir "$2"; mount -t tmpfs -o size=400k tmpfs "$2"; cp -a "$1/." "$2"'
    space = await makeSpace(world, script, box.folder, place)
    const disk = space.open(place)
    const run = (program: string, ...args: readonly string[]) =>
      disk.run(process.execPath, [program, ...args], { env: PASSPHRASE })
    const allOpen = (): string => {
      disk.run('rm', ['-rf', 'vault/secrets', 'vault/status'])
      return run(CONTROLLER, ...VAULT, '--once').out
    }
    const { bavail, bsize } = statfsSync(disk.path())
    disk.write('filler', new Uint8Array(Math.max(0, bavail - pages) * bsize))
    const full = run(BIN, ...ROTATE)
    disk.run('rm', ['filler'])
    const isTold = /error: .*(?:no space left on device|not sealed again)/.test(full.err)
    expect(isTold).toBe(full.code !== 0)
    expect(allOpen()).toBe('opened 3 of 3 SealedSecrets\n')
    expect(run(BIN, ...ROTATE)).toMatchObject({ code: 0, err: matching(/is retired now\n$/) })
    expect(allOpen()).toBe('opened 3 of 3 SealedSecrets\n')
    expect(disk.run('find', ['.', '-name', '*tmp*', '-not', '-path', './repository/.git/*']).out).toBe('')
  })
})
