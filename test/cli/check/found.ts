/** Runs `waxseal check` for what it finds. */
import { asList, asNumber, asObject, asString } from '@waxseal/core'
import { expect } from 'vitest'
import { type Sandbox, sandbox } from '../support/sandbox.ts'
import { writeAll } from './fixtures.ts'

/** `line:column rule` of each finding in one file. */
export async function rulesIn(
  content: string | Uint8Array,
  args: readonly string[] = [],
  path = 'a.yaml',
): Promise<string[]> {
  const box = sandbox()
  writeAll(box, { [path]: content })
  return rulesOf(box, [...args, path])
}

export async function rulesOf(box: Sandbox, args: readonly string[]): Promise<string[]> {
  return (await findings(box, args)).map(({ rule, line, column }) => `${line}:${column} ${rule}`)
}

export async function pathsOf(box: Sandbox, args: readonly string[]): Promise<string[]> {
  return (await findings(box, args)).map(({ path }) => path)
}

interface Found {
  readonly rule: string
  readonly path: string
  readonly line: number
  readonly column: number
}

async function findings(box: Sandbox, args: readonly string[]): Promise<readonly Found[]> {
  const { stdout, code } = await box.waxseal(['check', '--format', 'json', ...args])
  const { findings, errors } = asObject(JSON.parse(stdout), 'the output')
  expect(code).toBe(asNumber(errors, 'errors') > 0 ? 1 : 0)
  return asList(findings, 'findings').map((each) => {
    const { rule, path, line, column } = asObject(each, 'a finding')
    return {
      rule: asString(rule, 'rule'),
      path: asString(path, 'path'),
      line: asNumber(line, 'line'),
      column: asNumber(column, 'column'),
    }
  })
}
