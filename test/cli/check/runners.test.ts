/** The pre-commit hook and the GitHub Action: what their runners would start, started the same way. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asList, asObject, asString, type JsonObject } from '@waxseal/core'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runProgram } from '../support/bin.ts'
import { containing, matching, type Sandbox, sandbox } from '../support/sandbox.ts'
import { CONFIG_MAP, PLAIN, writeAll } from './fixtures.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PATH = `${ROOT}node_modules/.bin${delimiter}${process.env.PATH ?? ''}`
const yaml = (path: string): unknown => parse(readFileSync(ROOT + path, 'utf8'))

describe('.pre-commit-hooks.yaml', () => {
  const [hook = {}] = asList(yaml('.pre-commit-hooks.yaml'), 'hooks').map((each) => asObject(each, 'a hook'))

  test('the entry takes file names, after arguments', async () => {
    const box = sandbox()
    writeAll(box, { 'a b.yaml': CONFIG_MAP, 's.yaml': PLAIN })
    expect(hook).toMatchObject({ id: 'waxseal-check', language: 'node' })
    const run = (...more: string[]) => {
      const [program = '', ...args] = asString(hook.entry, 'entry').split(' ')
      return runProgram(program, [...args, ...more], { cwd: box.folder, env: { PATH } })
    }
    expect(await run('--strict', 'a b.yaml')).toMatchObject({ code: 0, stdout: '' })
    expect(await run('a b.yaml', 's.yaml')).toMatchObject({ code: 1, stdout: matching(/^s\.yaml:7:3: error/) })
  })

  test('what pre-commit installs, the package at the top, has the program and nothing else', () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const packed = asList(JSON.parse(stdout), 'packages').map((each) => asObject(each, 'a package'))[0] ?? {}
    const files = asList(packed.files, 'files').map((each) => asString(asObject(each, 'a file').path, 'path'))
    expect(files).toEqual(expect.arrayContaining(['packages/cli/bundle/waxseal.js', 'packages/cli/bin/waxseal.js']))
    expect(
      files.filter((path) => path.includes('/') && !/^packages\/(cli\/(bin|bundle)\/|prepare\.js$)/.test(path)),
    ).toEqual([])
    const { bin } = asObject(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')), 'package.json')
    expect(existsSync(ROOT + asString(asObject(bin, 'bin').waxseal, 'bin.waxseal'))).toBe(true)
  })
})

describe('action.yml', () => {
  const action = asObject(yaml('action.yml'), 'action.yml')
  const steps = asList(asObject(action.runs, 'runs').steps, 'steps').map((each) => asObject(each, 'a step'))
  const last = steps.at(-1) ?? {}

  /** As the runner does: expressions filled in, then bash with its flags. */
  function start(box: Sandbox, inputs: Readonly<Record<string, string>>) {
    const filled = { ...defaults(action), ...inputs }
    const env: Record<string, string> = { PATH }
    for (const [name, value] of Object.entries(asObject(last.env, 'env')))
      env[name] = fill(asString(value, name), filled)
    return runProgram('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', asString(last.run, 'run')], {
      cwd: box.folder,
      env,
    })
  }

  test('annotates, and fails the step', async () => {
    const box = sandbox()
    writeAll(box, { 'k8s/s.yaml': PLAIN, 'ok dir/a.yaml': CONFIG_MAP })
    expect(await start(box, {})).toMatchObject({ code: 1, stdout: containing('::error file=k8s/s.yaml,line=7,col=3,') })
    expect(await start(box, { path: 'ok dir\n\n' })).toMatchObject({ code: 0, stdout: '' })
    expect(await start(box, { path: 'ok dir\nk8s', args: '--strict -q' })).toMatchObject({ code: 1, stderr: '' })
    expect(await start(box, { args: '--disable plaintext-secret' })).toMatchObject({ code: 0, stdout: '' })
  })

  test('inputs are never run', async () => {
    const box = sandbox()
    const { code } = await start(box, { path: '$(touch x)', args: '; touch x' })
    expect({ code, files: box.list() }).toEqual({ code: 2, files: [] })
    for (const { run } of steps) expect(run).not.toContain('inputs.')
  })
})

function defaults(action: JsonObject): Record<string, string> {
  const inputs = Object.entries(asObject(action.inputs, 'inputs'))
  return Object.fromEntries(inputs.map(([name, input]) => [name, asString(asObject(input, name).default, name)]))
}

function fill(text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
    return name === 'github.action_path' ? ROOT.replace(/\/$/, '') : (inputs[name.replace('inputs.', '')] ?? '')
  })
}
