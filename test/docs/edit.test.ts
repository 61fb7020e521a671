/** The commands of docs/edit.md, run in their order. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { blocks, marks, root } from './blocks.ts'

const folder = mkdtempSync(join(tmpdir(), 'waxseal-docs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const env = {
  ...process.env,
  PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}`,
  NEW_PASSWORD: 'tr0ub4dor',
  EDITOR: "sed -i 's/user: shop/user: shopkeeper/'",
  VISUAL: '',
}

function bash(script: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toMatchObject({ status: 0 })
  return stdout
}

test('docs/edit.md: every command works, and ends with the values that it says', () => {
  for (const name of ['server.crt', 'server.key']) writeFileSync(join(folder, name), `${name}\n`)
  bash(blocks('docs/edit.md', 'edit').join('\n'))
  const opened = bash('waxseal unseal --key key.pem sealed.yaml')
  expect(opened).toContain(`password: ${btoa('tr0ub4dor')}\n`)
  expect(opened).toContain(`user: ${btoa('shopkeeper')}\n`)
  expect(opened).not.toContain('tls.')
  expect(readFileSync(join(folder, 'password.sealed'), 'utf8')).toMatch(/^Ag[A-Za-z0-9+/=]+$/)
  expect(marks('docs/edit.md').every(({ mark }) => mark === 'edit')).toBe(true)
})
