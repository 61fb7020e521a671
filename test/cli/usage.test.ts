/** Help, versions, and lines that are wrong. */
import { readFileSync } from 'node:fs'
import { asList, asObject, asStringMap } from '@waxseal/core'
import { describe, expect, test } from 'vitest'
import { PAGES } from '../../packages/cli/src/help/pages.ts'
import { TOPICS } from '../../packages/cli/src/help/topics/index.ts'
import { matching, sandbox } from './support/sandbox.ts'

const COMMANDS = Object.keys(PAGES)

describe('waxseal', () => {
  test.for(COMMANDS)('help %s: two examples, the same by --help, -h and help', async (name) => {
    const box = sandbox()
    const words = name.split(' ').filter((word) => word !== '')
    const help = await box.waxseal([...words, '--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect([...help.stdout.matchAll(/^ {2,}.*\bwaxseal /gm)].length).toBeGreaterThanOrEqual(2)
    expect(help.stdout).toContain('\nExamples:\n')
    expect((await box.waxseal([...words, '-h'])).stdout).toBe(help.stdout)
    expect((await box.waxseal(['help', ...words])).stdout).toBe(help.stdout)
    expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(125)
  })

  test.for(Object.keys(TOPICS))('help %s: a page on a topic', async (name) => {
    const help = await sandbox().waxseal(['help', name])
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: TOPICS[name] })
    expect(help.stdout).toContain('\nExamples:\n')
    expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(125)
  })

  test('help git COMMAND is what waxseal git COMMAND --help says', async () => {
    const box = sandbox()
    expect((await box.waxseal(['help', 'git', 'init'])).stdout).toBe((await box.waxseal(['git', 'init', '-h'])).stdout)
    expect((await box.waxseal(['help', 'git'])).stdout).toBe((await box.waxseal(['git', '--help'])).stdout)
  })

  test('version', async () => {
    const box = sandbox()
    const { version } = asObject(readJson('../../packages/cli/package.json'), 'package.json')
    for (const args of [['version'], ['--version']]) {
      expect(await box.waxseal(args)).toMatchObject({
        code: 0,
        stdout: `waxseal version: ${String(version)}\n`,
        stderr: '',
      })
    }
  })

  test.for([
    [[], /^error: a command is needed\nhint: waxseal --help/],
    [['sael'], /^error: unknown command: sael\nhint: waxseal --help/],
    [['keys', 'make'], /^error: unknown command: keys make/],
    [['--nope'], /^error: unknown flag: --nope/],
    [['seal', '--nope'], /^error: unknown flag: --nope\nhint: waxseal seal --help/],
    [['seal', '--cert'], /^error: flag needs an argument: --cert/],
    [
      ['seal', '--scope', 'wide'],
      /^error: invalid argument "wide" for "--scope" flag: .*strict, namespace-wide, cluster-wide/,
    ],
    [['seal', '-o', 'xml'], /^error: invalid argument "xml" for "-o, --output" flag: .*json, yaml or name/],
    [['seal', '-', '-'], /^error: standard input \(-\) can be read only once/],
    [['unseal'], /^error: a private key is needed: --key FILE/],
    [['cert', 'x.pem'], /^error: unexpected argument: x\.pem/],
    [['help', 'nope'], /^error: no help on: nope/],
  ] as const)('%s is wrong usage', async ([args, error]) => {
    const box = sandbox()
    expect(await box.waxseal(args)).toMatchObject({ code: 2, stdout: '', stderr: matching(error) })
  })

  test('no colour where nobody looks', async () => {
    const box = sandbox()
    const { stderr } = await box.waxseal(['sael'])
    expect(stderr).not.toContain('\u001B')
  })
})

describe('kubeseal', () => {
  test('knows every flag of the real one', async () => {
    const box = sandbox()
    const { flags } = asObject(readJson('../vectors/cli/flag-list.json'), 'flag-list.json')
    for (const flag of asList(flags, 'flags')) {
      const { name, letter, type } = asStringMap(withoutOthers(flag), 'flag')
      const value = type === 'bool' ? [] : ['1']
      for (const spelling of [`--${name}`, ...(letter === undefined ? [] : [`-${letter}`])]) {
        const { stdout } = await box.kubeseal([spelling, ...(name === 'scope' ? ['strict'] : value), '--version'])
        expect({ spelling, stdout }).toEqual({ spelling, stdout: matching(/^kubeseal version: /) })
      }
    }
  })

  test('a bad flag: help on stdout, exit code 2', async () => {
    const box = sandbox()
    const { code, stdout, stderr } = await box.kubeseal(['--nope'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/--recovery-unseal[\s\S]*unknown flag: --nope\n$/)
    expect(stderr).toBe('Usage of kubeseal:\nerror: unknown flag: --nope\n')
  })
})

function readJson(path: string): unknown {
  const parsed: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
  return parsed
}

function withoutOthers(flag: unknown): object {
  const { name, letter, type } = asObject(flag, 'flag')
  return { name, type, ...(letter === undefined ? {} : { letter }) }
}
