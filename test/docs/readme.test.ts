/** Every command of the README is run: here those that need no cluster, in test/e2e/readme.test.ts the others. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
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

  test('every block that is not marked is one of npm, which CI runs itself', () => {
    const unmarked = marks('README.md').filter(({ mark }) => mark === undefined)
    const lines = unmarked.flatMap(({ script }) => script.trim().split('\n'))
    const scripts: unknown = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
    for (const line of lines) expect(line).toMatch(/^(npm ci( |$)|export PATH=)/)
    for (const [, name = ''] of lines.join('\n').matchAll(/npm run (\S+)/g))
      expect(scripts).toHaveProperty(['scripts', name])
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
