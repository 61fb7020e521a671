/** Runs a bin, or another program, in a terminal of its own (script, of util-linux) and types when a question is shown. */
import { spawn } from 'node:child_process'
import { type Bin, binPath } from './bin.ts'

export interface Step {
  /** Shown on the terminal before the keys are typed. */
  readonly shown: string
  readonly keys: string
}

export interface Session {
  readonly code: number | null
  /** All that the terminal showed, echo included. */
  readonly screen: string
}

interface Options {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

export function onTerminal(
  bin: Bin,
  args: readonly string[],
  steps: readonly Step[],
  options: Options,
): Promise<Session> {
  return programOnTerminal([process.execPath, binPath(bin), ...args], steps, options)
}

export function programOnTerminal(
  words: readonly string[],
  steps: readonly Step[],
  options: Options,
): Promise<Session> {
  const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: options.cwd, TERM: 'dumb', ...options.env },
  })
  const left = [...steps]
  let [screen, from] = ['', 0]
  child.stdout.on('data', (piece: Buffer) => {
    screen += piece.toString()
    for (let step = left[0]; step !== undefined && screen.includes(step.shown, from); step = left[0]) {
      from = screen.indexOf(step.shown, from) + step.shown.length
      child.stdin.write(step.keys)
      left.shift()
    }
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, screen })
    })
  })
}
