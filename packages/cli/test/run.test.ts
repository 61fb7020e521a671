import { readFileSync } from 'node:fs'
import { WaxsealError } from '@waxseal/core'
import { describe, expect, it } from 'vitest'
import type { Context, Output } from '../src/context.ts'
import { nodeFiles } from '../src/io/files.ts'
import { CliError, ClosedPipe, describe as describeError, UsageError } from '../src/messages.ts'
import { type Program, run } from '../src/run.ts'
import { VERSION } from '../src/version.ts'

/** A context that keeps what is written, and reaches nothing. */
function fake(isTerminal = false, env: Record<string, string> = {}): { context: Context; stderr: string[] } {
  const stderr: string[] = []
  const output = (into: string[]): Output => ({ isTerminal, write: (content) => void into.push(String(content)) })
  const refuse = () => Promise.reject(new Error('not in this test'))
  const context: Context = {
    env,
    stdin: { isTerminal, read: () => new Uint8Array() },
    stdout: output([]),
    stderr: output(stderr),
    files: nodeFiles,
    http: { getText: refuse },
    now: () => new Date(0),
    connect: refuse,
    connectApi: refuse,
  }
  return { context, stderr }
}

/** A program that throws. */
function failing(error: Error): Program {
  return async () => {
    throw error
  }
}

describe('run', () => {
  it.each([
    [new CliError('no such thing', { hint: 'try another' }), 1, 'error: no such thing\nhint: try another\n'],
    [new UsageError('what?'), 2, 'error: what?\n'],
    [new WaxsealError('bad-document', 'document 1: odd'), 1, 'error: document 1: odd\n'],
    [new ClosedPipe(), 141, ''],
  ])('%s', async (error, code, text) => {
    const { context, stderr } = fake()
    expect(await run(failing(error), [], context)).toBe(code)
    expect(stderr.join('')).toBe(text)
  })

  it('shows nothing of an unexpected error: its text may hold a secret', async () => {
    const { context, stderr } = fake()
    expect(await run(failing(new TypeError('hunter2 is odd')), [], context)).toBe(1)
    expect(stderr.join('')).toMatch(/^error: unexpected failure \(TypeError\)\nhint: .*defect/)
    expect(stderr.join('')).not.toContain('hunter2')
  })

  it('colours the label on a terminal, unless NO_COLOR', async () => {
    const program = failing(new CliError('x'))
    const coloured = fake(true)
    await run(program, [], coloured.context)
    expect(coloured.stderr.join('')).toBe('\u001B[31;1merror:\u001B[0m x\n')
    const plain = fake(true, { NO_COLOR: '1' })
    await run(program, [], plain.context)
    expect(plain.stderr.join('')).toBe('error: x\n')
  })
})

describe('the version', () => {
  it('is that of the package', () => {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
    expect(text).toContain(`"version": "${VERSION}"`)
  })
})

describe('an unknown value that is thrown', () => {
  it('is described by its type', () => {
    expect(describeError('text')).toMatchObject({ message: 'unexpected failure (string)', exitCode: 1 })
  })
})
