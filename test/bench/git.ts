/** Encrypted files in git, beside git-crypt on the same repository in the same run. */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, median, rivals, timeProcess } from './measure.ts'
import type { Figure } from './report.ts'

const WAXSEAL = bin('cli/bin/waxseal.js')
const FILES = 1000
const LARGE = 200_000_000

interface Tool {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** git-crypt takes ten seconds for what is measured here, so it runs once. */
  readonly runs: number
}

const OURS: Tool = { name: 'waxseal', command: [process.execPath, WAXSEAL, 'git'], runs: 3 }
const PEER: Tool = { name: 'git-crypt', command: ['git-crypt'], runs: 1 }

/** Empty where there is no git-crypt to compare with. */
export async function gitFiles(): Promise<readonly Figure[]> {
  if (spawnSync('git-crypt', ['--version']).error !== undefined) return []
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-bench-'))
  try {
    const [ours, peer] = [measure(folder, OURS), measure(folder, PEER)]
    const figures = [
      figure(`git add, ${FILES} files of 1 KB`, ours.add, peer.add, 0.1),
      figure(`unlock of a fresh clone, ${FILES} files of 1 KB`, ours.unlock, peer.unlock, 0.1),
      figure(`lock, ${FILES} files of 1 KB`, ours.lock, peer.lock, undefined),
      figure(`status command, ${FILES} files`, ours.status, peer.status, 0.1),
      figure('git add, one file of 200 MB', ours.large, peer.large, 1),
    ]
    return [...figures, await memory(folder), await oneFile(folder)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function figure(work: string, value: number, peer: number, atMost: number | undefined): Figure {
  const target = atMost === undefined ? {} : { atMost }
  return {
    work,
    value,
    unit: 'ms',
    peer: { name: PEER.name, value: peer, unit: 'ms' },
    target: { kind: 'ratio', ...target },
  }
}

type Times = Readonly<Record<'add' | 'unlock' | 'lock' | 'status' | 'large', number>>

function measure(folder: string, tool: Tool): Times {
  const rounds = Array.from({ length: tool.runs }, (_, round) =>
    measureOnce(join(folder, `${tool.name}-${round}`), tool),
  )
  const over = (key: keyof Times): number => median(rounds.map((each) => each[key]))
  return { add: over('add'), unlock: over('unlock'), lock: over('lock'), status: over('status'), large: over('large') }
}

function measureOnce(folder: string, tool: Tool): Times {
  const [repo, clone, key] = [join(folder, 'repo'), join(folder, 'clone'), join(folder, 'key')]
  const [program, ...first] = tool.command
  const crypt = (cwd: string, ...args: readonly string[]): number => time(cwd, program, [...first, ...args])
  mkdirSync(repo, { recursive: true })
  time(repo, 'git', ['init', '-q'])
  crypt(repo, 'init')
  crypt(repo, 'export-key', key)
  writeFileSync(join(repo, '.gitattributes'), '*.secret filter=git-crypt diff=git-crypt\n')
  for (let index = 0; index < FILES; index++) {
    writeFileSync(join(repo, `${index}.secret`), `${index} `.repeat(400).slice(0, 1024))
  }
  const add = time(repo, 'git', ['add', '.'])
  time(repo, 'git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.test', 'commit', '-qm', 'files'])
  const status = crypt(repo, 'status')
  time(folder, 'git', ['clone', '-q', repo, clone])
  const unlock = crypt(clone, 'unlock', key)
  const lock = crypt(clone, 'lock')
  writeFileSync(join(repo, 'large.secret'), Buffer.alloc(LARGE, 'not quite random '))
  const large = time(repo, 'git', ['-c', 'core.compression=0', 'add', 'large.secret'])
  rmSync(repo, { recursive: true })
  return { add, unlock, lock, status, large }
}

/** Milliseconds of a process; throws when it fails. */
function time(cwd: string, program: string, args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  const elapsed = performance.now() - start
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.toString()}`)
  return elapsed
}

/** The most memory that encrypting a large file takes, as Linux counts it for the process. */
async function memory(folder: string): Promise<Figure> {
  const [large, key] = [join(folder, 'large'), join(folder, 'memory.key')]
  writeFileSync(large, Buffer.alloc(LARGE, 'not quite random '))
  time(folder, 'git-crypt', ['keygen', key])
  const value = await peak(cleanOf(key), large)
  const peer = await peak(['git-crypt', 'clean', '--key-file', key], large)
  return {
    work: 'memory while one file of 200 MB is encrypted',
    value,
    unit: 'MB',
    peer: { name: PEER.name, value: peer, unit: 'MB' },
    target: { kind: 'value', atMost: 120 },
  }
}

const cleanOf = (key: string): readonly [string, ...string[]] => [...OURS.command, 'clean', '--key-file', key]

function peak([program, ...args]: readonly [string, ...string[]], input: string): Promise<number> {
  const fd = openSync(input, 'r')
  const child = spawn(program, args, { stdio: [fd, 'ignore', 'inherit'] })
  let kilobytes = 0
  const timer = setInterval(() => {
    try {
      kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? kilobytes)
    } catch {
      // It has just ended.
    }
  }, 5)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearInterval(timer)
      closeSync(fd)
      if (code === 0) resolve(kilobytes / 1024)
      else reject(new Error(`${program} ${args.join(' ')}: exit code ${code}`))
    })
  })
}

/** What one small file costs beyond Node's own start, where git has no long-running filter. */
async function oneFile(folder: string): Promise<Figure> {
  const key = join(folder, 'memory.key')
  const [clean = Number.NaN, node = Number.NaN] = await rivals(30, [
    () => timeProcess([WAXSEAL, 'git', 'clean', '--key-file', key], 'a small secret\n'),
    () => timeProcess(['-e', '0']),
  ])
  return {
    work: "one small file encrypted by a process of its own, beyond Node's start",
    value: clean - node,
    unit: 'ms',
    peer: { name: 'node -e 0', value: node, unit: 'ms' },
    target: { kind: 'value', atMost: 15 },
  }
}
