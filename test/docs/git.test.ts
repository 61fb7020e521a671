/** The commands of docs/git.md, run in their order. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { blocks, root } from './blocks.ts'

test('the commands of docs/git.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'repo'))
  const author = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' }
  const env = {
    ...process.env,
    ...author,
    HOME: folder,
    PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}`,
  }
  const script = ['git init -q .', ...blocks('docs/git.md', 'git')].join('\n')
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: join(folder, 'repo'),
    env,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toMatchObject({ status: 0 })
  expect(stdout).toBe('not encrypted: .gitattributes\n    encrypted: prod.tfvars\npassword = "hunter2"\n')
  expect(readFileSync(join(folder, 'clone/prod.tfvars'), 'utf8')).toBe('password = "hunter2"\n')
})
