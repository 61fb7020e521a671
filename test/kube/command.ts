/** Programs run to their end. */
import { once } from 'node:events'
import type { Children, SpawnOptions } from './children.ts'
import { answer } from './json.ts'

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions extends Pick<SpawnOptions, 'cwd' | 'env'> {
  readonly stdin?: string | Uint8Array
}

/** Runs a program with `stdin` (empty by default) and resolves, whatever its exit status, when it has ended. */
export async function runCommand(
  children: Children,
  [program, args]: readonly [string, readonly string[]],
  { stdin = '', ...options }: CommandOptions = {},
): Promise<CommandResult> {
  const child = children.spawn(program, args, options)
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin?.end(stdin)
  const [code] = answer<[number | null]>(await once(child, 'close'))
  return { code, ...output }
}
