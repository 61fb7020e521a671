/** docs/check.md: its commands are run, and it explains every rule there is. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { binPath } from '../cli/support/bin.ts'
import { blocks, root } from './blocks.ts'

const env = { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}` }

test('the commands of docs/check.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'clusters'))
  copyFileSync(`${root}test/vectors/keys/alpha.crt`, join(folder, 'cert.pem'))
  writeFileSync(join(folder, 'rendered.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n')
  const script = blocks('docs/check.md', 'check').join('\n')
  const { status, stdout } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})

test('every rule has its section, in the order of --list-rules', () => {
  const { stdout } = spawnSync(process.execPath, [binPath('waxseal'), 'check', '--list-rules'], { encoding: 'utf8' })
  const listed = [...stdout.matchAll(/^(\S+) +(error|warning) /gm)].map(([, name, severity]) => `${name} (${severity})`)
  const sections = [...readFileSync(`${root}docs/check.md`, 'utf8').matchAll(/^### (.*)$/gm)].map(([, title]) => title)
  expect(listed.length).toBeGreaterThan(10)
  expect(sections).toEqual(listed)
})
