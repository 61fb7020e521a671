/** Running git: plumbing only, NUL-separated, nothing written for people is ever parsed. */
import { resolve } from 'node:path'
import type { Env } from '../../context.ts'
import { CliError, errorCode } from '../../messages.ts'

export interface Outcome {
  readonly status: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

interface GitOptions {
  readonly input?: Uint8Array
  readonly env?: Env
}

export interface Git {
  readonly cwd: string
  /** Standard output; CliError with git's own last words when it fails. */
  run(args: readonly string[], options?: GitOptions): Buffer
  /** Whatever comes of it; CliError only when git cannot be started. */
  attempt(args: readonly string[], options?: GitOptions): Outcome
  /** The first bytes of what it prints; it is stopped when it prints more. */
  first(args: readonly string[], bytes: number): Uint8Array
  /** The same repository from another of its folders. */
  at(folder: string): Git
  /** Whatever repository or work tree that folder is of. */
  in(folder: string): Git
}

export function gitIn(cwd: string, env: Env): Git {
  const attempt = (args: readonly string[], { input, env: more }: GitOptions = {}): Outcome => {
    // Loaded here: filters mostly need no git, and this module costs their start.
    const { spawnSync } = process.getBuiltinModule('node:child_process')
    const { status, signal, stdout, stderr, error } = spawnSync('git', args, {
      cwd,
      env: { ...env, ...more },
      maxBuffer: Number.POSITIVE_INFINITY,
      ...(input === undefined ? {} : { input }),
    })
    // A git that stops reading its input early says so itself, by its status.
    if (error !== undefined && errorCode(error) !== 'EPIPE') throw cannotStart(error)
    if (signal !== null) throw new CliError(`git ${args[0] ?? ''} was ended by ${signal}`)
    return { status: status ?? 1, stdout, stderr }
  }
  return {
    cwd,
    attempt,
    run(args, options) {
      const outcome = attempt(args, options)
      if (outcome.status !== 0) throw gitFailure(args, outcome)
      return outcome.stdout
    },
    first(args, bytes) {
      const { spawnSync } = process.getBuiltinModule('node:child_process')
      const { stdout, error } = spawnSync('git', args, { cwd, env, maxBuffer: bytes })
      if (error !== undefined && errorCode(error) !== 'ENOBUFS') throw cannotStart(error)
      return stdout.subarray(0, bytes)
    },
    at: (folder) => gitIn(folder, withAbsolutePaths(env, cwd)),
    in: (folder) => gitIn(folder, withoutRepository(env)),
  }
}

/** One line of output, such as a path or an object name. */
export const line = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '')

export function gitFailure(args: readonly string[], { stderr }: Outcome): CliError {
  const words = stderr.toString('utf8').trim().split('\n')
  const said = (words.find((each) => each.startsWith('fatal: ')) ?? words.at(-1) ?? '').replace(/^(fatal|error): /, '')
  const command = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c') ?? ''
  return new CliError(`git ${command}: ${said === '' ? 'failed' : said}`, { hint: hintFor(said) })
}

/** Whether git found the lock file of another git, not a folder in which it can make none. */
export const isLockedByAnother = (said: string): boolean =>
  /(could not lock|Unable to create .*\.lock).*: File exists/i.test(said)

function hintFor(said: string): string | undefined {
  if (isLockedByAnother(said)) {
    return 'another git command is at work in this repository: run this again when it is done, or remove its .lock file if it crashed'
  }
  if (/unable to write|failed to write|write error/i.test(said)) {
    return 'is there room on the disk? No file is left half written: make room and run this again'
  }
  return undefined
}

function cannotStart(error: Error): CliError {
  return errorCode(error) === 'ENOENT'
    ? new CliError('git is not installed, or not in PATH', { cause: error })
    : new CliError(`git: ${error.message}`, { cause: error })
}

/** Variables by which git hands its repository to children. */
const REPOSITORY = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_OBJECT_DIRECTORY']

/** Paths in them are relative to the folder that git is in. */
function withAbsolutePaths(env: Env, cwd: string): Env {
  const given = REPOSITORY.flatMap((name): [string, string][] => (env[name] ? [[name, resolve(cwd, env[name])]] : []))
  return { ...env, ...Object.fromEntries(given) }
}

/** Another work tree must not inherit them. */
function withoutRepository(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !REPOSITORY.includes(name) && name !== 'GIT_PREFIX'))
}
