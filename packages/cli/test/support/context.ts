/** Surroundings for a command that is run in the test's own process: standard input is given, what is written is kept. */
import type { Context, Output } from '../../src/context.ts'
import { nodeFiles } from '../../src/io/files.ts'

export interface Surroundings {
  readonly context: Context
  readonly stdout: () => string
  readonly stderr: () => string
}

/** Reaches no network and no cluster. */
export function surroundings(stdin: string | Uint8Array = ''): Surroundings {
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  const output = (into: Buffer[]): Output => ({
    isTerminal: false,
    write: (content) => void into.push(typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)),
  })
  const refuse = () => Promise.reject(new Error('not in this test'))
  return {
    context: {
      env: {},
      stdin: { isTerminal: false, read: () => Buffer.from(stdin) },
      stdout: output(out),
      stderr: output(err),
      files: nodeFiles,
      http: { getText: refuse },
      now: () => new Date(),
      connect: refuse,
      connectApi: refuse,
    },
    stdout: () => Buffer.concat(out).toString('utf8'),
    stderr: () => Buffer.concat(err).toString('utf8'),
  }
}
