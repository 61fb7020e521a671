/** Real git, gpg and git-crypt in folders of their own: nothing of the person's configuration or key ring is seen or touched. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../../packages/cli/bin/waxseal.js', import.meta.url))

export interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly bytes: Buffer
}

interface Options {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined
/** Debian's git-crypt, the peer. */
export const hasGitCrypt: boolean = has('git-crypt')
export const hasGpg: boolean = has('gpg')

/** A folder for one test, with a home of its own. */
export interface World {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** A new repository with an author set. */
  repository(name?: string): Repo
  clone(from: Repo, name: string): Repo
  open(folder: string): Repo
  path(...parts: readonly string[]): string
  remove(): void
}

export interface Repo {
  readonly folder: string
  /** Any program; never throws. */
  run(program: string, args: readonly string[], options?: Options): Result
  /** `waxseal git ARGS`; never throws. */
  waxseal(...args: readonly string[]): Result
  waxsealWith(options: Options, ...args: readonly string[]): Result
  gitCrypt(...args: readonly string[]): Result
  /** git's standard output; throws when git fails. */
  git(...args: readonly string[]): string
  write(path: string, content: string | Uint8Array): void
  read(path: string): Buffer
  has(path: string): boolean
  /** The staged blob of a path. */
  blob(path: string): Buffer
  commit(message: string): void
  path(...parts: readonly string[]): string
}

export function makeWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal git '))
  const home = join(folder, 'home')
  // gpg's sockets need short paths, and its folder no rights for others.
  const gnupg = mkdtempSync(join(tmpdir(), 'wxg-'))
  chmodSync(gnupg, 0o700)
  mkdirSync(home)
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    GNUPGHOME: gnupg,
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C.UTF-8',
  }
  const open = (path: string): Repo => makeRepo(path, env)
  return {
    folder,
    env,
    open,
    repository(name = 'repo') {
      const path = join(folder, name)
      check(spawnSync('git', ['init', '-q', '-b', 'main', path], { env }))
      return configured(open(path))
    },
    clone(from, name) {
      const path = join(folder, name)
      check(spawnSync('git', ['clone', '-q', from.folder, path], { env }))
      return configured(open(path))
    },
    path: (...parts) => join(folder, ...parts),
    remove() {
      spawnSync('gpgconf', ['--kill', 'all'], { env })
      for (const each of [folder, gnupg]) rmSync(each, { recursive: true, force: true })
    },
  }
}

const HERE: Elsewhere = { enter: [], root: '' }

function configured(made: Repo): Repo {
  made.git('config', 'user.name', 'Ada Test')
  made.git('config', 'user.email', 'ada@example.test')
  return made
}

/** Elsewhere than in the file system that the tests see. */
interface Elsewhere {
  /** A program and arguments that run, in a folder, the program whose name and arguments follow. */
  readonly enter: readonly string[]
  /** What to put before a path to reach it from here. */
  readonly root: string
}

export function makeRepo(folder: string, env: NodeJS.ProcessEnv, { enter, root }: Elsewhere = HERE): Repo {
  const run = (program: string, args: readonly string[], options: Options = {}): Result => {
    const cwd = options.cwd ?? folder
    const [first = program, ...more] = enter
    const { status, stdout, stderr, error } = spawnSync(
      first,
      enter.length === 0 ? args : [...more, cwd, program, ...args],
      {
        cwd: `${root}${cwd}`,
        env: { ...env, ...options.env },
        input: options.input ?? '',
        maxBuffer: 1 << 30,
      },
    )
    if (error !== undefined && Reflect.get(error, 'code') !== 'EPIPE') throw error
    return { code: status, out: stdout.toString(), err: stderr.toString(), bytes: stdout }
  }
  const waxsealWith = (options: Options, ...args: readonly string[]): Result =>
    run(process.execPath, [BIN, 'git', ...args], options)
  const git = (...args: readonly string[]): string => {
    const result = run('git', args)
    if (result.code !== 0) throw new Error(`git ${args.join(' ')}: ${result.err}`)
    return result.out
  }
  const path = (...parts: readonly string[]): string => join(`${root}${folder}`, ...parts)
  return {
    folder,
    run,
    git,
    path,
    waxsealWith,
    waxseal: (...args) => waxsealWith({}, ...args),
    gitCrypt: (...args) => run('git-crypt', args),
    write(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true })
      writeFileSync(path(name), content)
    },
    read: (name) => readFileSync(path(name)),
    has: (name) => existsSync(path(name)),
    blob: (name) => run('git', ['cat-file', 'blob', `:${name}`]).bytes,
    commit(message) {
      git('add', '-A')
      git('commit', '-q', '-m', message)
    },
  }
}

function check({ status, stderr }: { status: number | null; stderr: Buffer }): void {
  if (status !== 0) throw new Error(stderr.toString())
}

/** A running waxseal, to be interrupted. */
export const startWaxseal = (
  from: Repo,
  env: NodeJS.ProcessEnv,
  ...args: readonly string[]
): ReturnType<typeof spawn> =>
  spawn(process.execPath, [BIN, 'git', ...args], { cwd: from.folder, env, stdio: 'ignore' })

/** Whether bytes begin as an encrypted blob does. */
export const isEncrypted = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 10)).equals(Buffer.from('\0GITCRYPT\0')) && bytes.length >= 22
