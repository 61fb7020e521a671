/** Every command of the README is run: here those that need no cluster, in test/e2e/readme.test.ts the others. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { blocks, marks, root } from './blocks.ts'

const folder = mkdtempSync(join(tmpdir(), 'waxseal-readme-'))
const env = { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}` }
const read = (path: string): string => readFileSync(join(folder, path), 'utf8')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('README', () => {
  test('the walk through a directory ends with the opened Secret', () => {
    const script = blocks('README.md', 'directory').join('\n')
    const { status, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    expect({ status, stderr: stderr.split('\n').filter((line) => line.startsWith('error')) }).toEqual({
      status: 0,
      stderr: [],
    })
    expect(read('vault/sealed/db.yaml')).not.toContain('correct horse')
    expect(read('vault/secrets/shop/db.yaml')).toContain(btoa('correct horse battery staple'))
  })

  test('encrypting files ends with ciphertext in the commit', () => {
    const repository = join(folder, 'files')
    const [script = ''] = blocks('README.md', 'git')
    const prepare = 'git init -q . && git config user.name me && git config user.email me@example.com\n'
    mkdirSync(repository)
    const options = { cwd: repository, env, encoding: 'utf8' } as const
    expect(spawnSync('bash', ['-euo', 'pipefail', '-c', prepare + script], options)).toMatchObject({ status: 0 })
    expect(read('files/prod.env')).toBe('TOKEN=s3cr3t\n')
    expect(spawnSync('git', ['show', 'HEAD:prod.env'], options).stdout).toMatch(/^\0GITCRYPT\0/)
  })

  test('every block that is not marked is one of npm, which CI runs itself', () => {
    const unmarked = marks('README.md').filter(({ mark }) => mark === undefined)
    const lines = unmarked.flatMap(({ script }) => script.trim().split('\n'))
    const scripts: unknown = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
    for (const line of lines) expect(line).toMatch(/^(npm ci( |$)|export PATH=)/)
    for (const [, name = ''] of lines.join('\n').matchAll(/npm run (\S+)/g))
      expect(scripts).toHaveProperty(['scripts', name])
  })

  test('every link to a file leads to one', () => {
    const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]
    for (const page of pages) {
      for (const [, link = ''] of readFileSync(`${root}${page}`, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g))
        expect({ page, link, there: existsSync(join(root, page, '..', link)) }).toMatchObject({ there: true })
    }
  })

  test('the commands of the table exist', () => {
    const table = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/^\| `(waxseal\S*(?: [a-z]+)*)/gm)]
    expect(table.length).toBeGreaterThan(4)
    for (const [, command = ''] of table) {
      const [program = '', ...words] = command.split(' ')
      const { status, stdout } = spawnSync(program, [...words, '--help'], { env, encoding: 'utf8' })
      expect({ command, status, helps: stdout.includes('Usage:') }).toEqual({ command, status: 0, helps: true })
    }
  })
})
