/** What is published: the right files, importable and typed from outside, working where nothing else is. */
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { release } from '../../../deploy/release/version.ts'
import { NODE } from '../../e2e/helpers/controller.ts'
import { answerOf } from '../../kube/json.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const PACKAGES = ['core', 'cli', 'controller'] as const
const folder = mkdtempSync(join(tmpdir(), 'waxseal-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Manifest {
  readonly version: string
  readonly exports?: Readonly<Record<string, string>>
}

const manifest = (name: string): Manifest => answerOf(readFileSync(`${root}packages/${name}/package.json`, 'utf8'))
const { version } = manifest('core')
const tarball = (name: string): string => join(folder, `waxseal-${name}-${version}.tgz`)

function run(program: string, args: readonly string[], cwd: string, input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`)
  return stdout
}

/** npm itself runs on whichever Node the machine has. */
const npm = (args: readonly string[], cwd: string): string => run('npm', args, cwd)

beforeAll(() => {
  for (const name of PACKAGES) npm(['pack', `./packages/${name}`, '--pack-destination', folder, '--silent'], root)
})

describe.each(PACKAGES)('@waxseal/%s', (name) => {
  test('contains what runs, its licence and a README, and nothing else', () => {
    const files = run('tar', ['-tzf', tarball(name)], folder)
      .trim()
      .split('\n')
      .map((path) => path.replace('package/', ''))
    for (const path of ['package.json', 'LICENSE', 'README.md']) expect(files).toContain(path)
    const allowed = name === 'core' ? /^dist\/[\w/-]+\.(js|d\.ts)(\.map)?$/ : /^(bin|bundle)\/[\w/-]+\.js$/
    const others = files.filter((path) => !allowed.test(path))
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(readFileSync(`${root}packages/${name}/LICENSE`, 'utf8')).toBe(readFileSync(`${root}LICENSE`, 'utf8'))
  })

  test('publint finds nothing', async () => {
    const { messages } = await publint({ pkgDir: `${root}packages/${name}`, strict: true })
    expect(messages).toEqual([])
  })
})

describe('installed from the tarballs into an empty folder', () => {
  const home = join(folder, 'empty')
  const bin = (name: string): string => join(home, 'node_modules', '.bin', name)

  beforeAll(() => {
    mkdirSync(join(home, 'vault', 'sealed'), { recursive: true })
    writeFileSync(join(home, 'package.json'), '{"private": true, "type": "module"}')
    npm(
      [
        'install',
        '--prefer-offline',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--silent',
        ...PACKAGES.map(tarball),
      ],
      home,
    )
  })

  test('waxseal, kubeseal and the controller work', () => {
    run(NODE, [bin('waxseal-controller'), '--directory', 'vault', '--once', '--key-size=2048'], home)
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n'
    const sealed = run(NODE, [bin('waxseal'), 'seal', '--cert', 'vault/cert.pem', '-o', 'yaml'], home, secret)
    writeFileSync(join(home, 'vault', 'sealed', 'db.yaml'), sealed)
    const kubeseal = run(
      NODE,
      [bin('kubeseal'), '--cert', 'vault/cert.pem', '-o', 'yaml'],
      home,
      secret.replaceAll('db', 'db2'),
    )
    writeFileSync(join(home, 'vault', 'sealed', 'db2.yaml'), kubeseal)
    run(NODE, [bin('waxseal-controller'), '--directory', 'vault', '--once'], home)
    for (const name of ['db', 'db2'])
      expect(readFileSync(join(home, 'vault', 'secrets', 'shop', `${name}.yaml`), 'utf8')).toContain(btoa('hunter2'))
    run('git', ['init', '-q'], home)
    expect(run(NODE, [bin('waxseal'), 'git', 'status'], home)).toBeTypeOf('string')
  })

  test.each(['node16', 'nodenext', 'bundler'])('every entry of core has types and code for "%s"', (resolution) => {
    const entries = Object.keys(manifest('core').exports ?? {}).map((entry) => `@waxseal/core${entry.slice(1)}`)
    expect(entries.length).toBeGreaterThan(4)
    const imports = entries.map(
      (entry, index) =>
        `import * as m${index} from '${entry}'\nexport const k${index}: readonly string[] = Object.keys(m${index})\n`,
    )
    writeFileSync(join(home, 'use.ts'), imports.join(''))
    const module = resolution === 'bundler' ? 'esnext' : resolution
    const options = ['--noEmit', '--strict', '--target', 'es2024', '--lib', 'es2024,dom', '--types', '']
    run(
      NODE,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        ...options,
        '--module',
        module,
        '--moduleResolution',
        resolution,
        'use.ts',
      ],
      home,
    )
    const script = entries.map(
      (entry) => `if (Object.keys(await import('${entry}')).length === 0) throw new Error('${entry}')`,
    )
    run(NODE, ['--input-type=module', '-e', script.join('\n')], home)
  })

  test('internals cannot be imported', () => {
    expect(() => run(NODE, ['--input-type=module', '-e', "await import('@waxseal/core/dist/seal.js')"], home)).toThrow(
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
    )
  })
})

describe('npm run release:version', () => {
  test('raises every version, dates the changelog, and nothing of the former is left', () => {
    const copy = join(folder, 'copy')
    for (const path of [
      'package.json',
      'package-lock.json',
      'CHANGELOG.md',
      'deploy',
      'docs',
      'examples',
      'test/package.json',
    ])
      cpSync(join(root, path), join(copy, path), { recursive: true })
    for (const name of PACKAGES)
      cpSync(`${root}packages/${name}/package.json`, join(copy, 'packages', name, 'package.json'))
    for (const name of ['cli', 'controller'])
      cpSync(`${root}packages/${name}/src/version.ts`, join(copy, 'packages', name, 'src', 'version.ts'))
    const changed = release(copy, '99.1.2', '2030-01-02')
    expect(changed).toContain('deploy/helm/waxseal/Chart.yaml')
    const left = globSync('**/*.*', { cwd: copy })
      .filter((path) => !/package-lock\.json$|CHANGELOG\.md$|^docs\/(?!install|ci)/.test(path))
      .filter((path) => statSync(join(copy, path)).isFile() && readFileSync(join(copy, path), 'utf8').includes(version))
    expect(left).toEqual([])
    expect(readFileSync(join(copy, 'CHANGELOG.md'), 'utf8')).toContain(
      '\n## [Unreleased]\n\n## [99.1.2] - 2030-01-02\n',
    )
    const lock = answerOf<{ packages: Record<string, Manifest> }>(readFileSync(join(copy, 'package-lock.json'), 'utf8'))
    for (const path of ['', ...PACKAGES.map((name) => `packages/${name}`), 'test'])
      expect(lock.packages[path]?.version).toBe('99.1.2')
    const others = (text: string) =>
      Object.entries(answerOf<{ packages: Record<string, Manifest> }>(text).packages).filter(([path]) =>
        path.startsWith('node_modules'),
      )
    expect(JSON.stringify(others(readFileSync(join(copy, 'package-lock.json'), 'utf8')))).toBe(
      JSON.stringify(others(readFileSync(join(root, 'package-lock.json'), 'utf8'))),
    )
  })

  test.each(['', '1.0', 'v1.0.0', version, '0.0.9'])('%j is refused, and nothing is changed', (to) => {
    const before = readFileSync(`${root}package.json`, 'utf8')
    expect(() => release(root, to, '2030-01-02')).toThrow(/is no version|is not later/)
    expect(readFileSync(`${root}package.json`, 'utf8')).toBe(before)
  })
})
