/** Runs the built bins as their users do: a process with arguments, standard input and a folder. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type Bin = 'waxseal' | 'kubeseal'

export interface RunOptions {
  readonly cwd: string
  readonly stdin?: string | Uint8Array
  /** On top of PATH and HOME (= cwd). */
  readonly env?: Readonly<Record<string, string>>
  /** Another user to run as; only for root. */
  readonly uid?: number
  readonly timeoutMs?: number
}

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

export function binPath(bin: Bin): string {
  const path = fileURLToPath(new URL(`../../../packages/cli/bin/${bin}.js`, import.meta.url))
  const bundle = fileURLToPath(new URL(`../../../packages/cli/bundle/${bin}.js`, import.meta.url))
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: npm run build`)
  return path
}

export function run(bin: Bin, args: readonly string[], options: RunOptions): Promise<Result> {
  return runProgram(process.execPath, [binPath(bin), ...args], options)
}

/** Any program, with the same surroundings. */
export function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<Result> {
  const { cwd, stdin = '', env = {}, uid, timeoutMs = 20_000 } = options
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const [out, err]: Buffer[][] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out?.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err?.push(chunk))
  // A program that fails early does not read its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout: text(out), stderr: text(err), timedOut })
    })
  })
}

function text(chunks: readonly Buffer[] = []): string {
  return Buffer.concat(chunks).toString('utf8')
}
