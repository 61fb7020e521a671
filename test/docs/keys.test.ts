/** The commands of docs/keys.md on the folder of a controller, and the examples for CI. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { answer } from '../kube/json.ts'
import { blocks, marks, root } from './blocks.ts'

const env = { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}` }

function bash(cwd: string, script: string): string {
  const options = { cwd, env: { ...env, HOME: cwd }, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], options)
  expect({ status, stderr }).toMatchObject({ status: 0 })
  return stdout
}

const PREPARE = `waxseal keys generate --bits 2048
  waxseal keys import --directory vault --cert cert.pem --key key.pem
  mkdir repository
  printf 'apiVersion: v1\\nkind: Secret\\nmetadata: {name: db, namespace: shop}\\nstringData: {a: b}\\n' |
    waxseal seal --cert cert.pem -w repository/db.yaml`

test('the commands of docs/keys.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const openpgp = `${root}test/vectors/git-crypt/openpgp/alice`
  copyFileSync(`${openpgp}.public.asc`, join(folder, 'ops.asc'))
  copyFileSync(`${openpgp}.secret.asc`, join(folder, 'ops.secret.asc'))
  bash(folder, PREPARE)
  bash(folder, blocks('docs/keys.md', 'keys').join('\n'))
  const listed = answer<{ state: string }[]>(JSON.parse(bash(folder, 'waxseal keys list --directory vault -o json')))
  expect(listed.map(({ state }) => state)).toEqual(['active', 'retired'])
})

test('all other commands of the page are for a cluster, where the story of a key is tried', () => {
  for (const { mark, script } of marks('docs/keys.md')) {
    if (mark !== undefined) continue
    for (const line of script.trim().split('\n')) expect(line).toMatch(/^waxseal keys (?:rotate|prune) .*\.$/)
  }
})

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: { readonly reseal: { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] } }
}

test('examples/ci: what they run is shell, seals again, and asks people to merge', () => {
  const read = (name: string): unknown => parse(readFileSync(`${root}examples/ci/${name}`, 'utf8'))
  const { jobs, permissions } = answer<Workflow>(read('github-reseal.yaml'))
  expect(permissions).toEqual({ contents: 'write', 'pull-requests': 'write' })
  const github = jobs.reseal.steps.flatMap(({ run }) => run ?? []).join('\n')
  const { reseal } = answer<{ reseal: { script: readonly string[] } }>(read('gitlab-reseal.yaml'))
  const gitlab = reseal.script.join('\n')
  for (const script of [github, gitlab]) {
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0)
    expect(script).toContain('waxseal reseal .')
  }
  expect(github).toContain('gh pr create')
  expect(gitlab).toContain('merge_request.create')
})
