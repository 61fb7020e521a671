/** Timing of whole processes and of work in this one; always medians, rivals taken in turn so that both see the same machine. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root: string = fileURLToPath(new URL('../..', import.meta.url))
export const bin = (path: string): string => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url))

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Milliseconds of one whole process under this Node; throws when it fails. */
export function timeProcess(args: readonly string[], input = ''): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { input, maxBuffer: 1 << 28, cwd: root })
  const elapsed = performance.now() - start
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr.toString()}`)
  return elapsed
}

/** Medians in ms of several jobs, run in turn after one warm-up round. */
export async function rivals(runs: number, jobs: readonly (() => number | Promise<number>)[]): Promise<number[]> {
  const times: number[][] = jobs.map(() => [])
  for (let round = 0; round <= runs; round++) {
    for (const [index, job] of jobs.entries()) {
      const elapsed = await job()
      if (round > 0) times[index]?.push(elapsed)
    }
  }
  return times.map(median)
}

/** Milliseconds that `work` takes. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Resident memory in MB and CPU seconds used so far, of a running process (Linux). */
export function usage(pid: number): { rssMb: number; cpuSeconds: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN)
  // Fields 14 and 15 (utime, stime) in clock ticks of 10 ms; the name before them may hold spaces, so count from ')'.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return { rssMb: kilobytes / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 }
}

/** Milliseconds of one RSA-4096 private operation as `openssl speed` has it on one core, or undefined without openssl. */
export async function opensslRsaMs(): Promise<number | undefined> {
  const child = spawn('openssl', ['speed', '-seconds', '2', 'rsa4096'], { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const code = await new Promise<number | null>((resolve) =>
    child.once('error', () => resolve(null)).once('close', resolve),
  )
  const seconds = /^rsa\s+4096 bits\s+([\d.]+)s/m.exec(text)?.[1]
  return code === 0 && seconds ? Number(seconds) * 1000 : undefined
}

/** Resident memory in MB of a Node process that does nothing. */
export function idleNodeMb(): number {
  const { stdout } = spawnSync(process.execPath, ['-p', 'process.memoryUsage.rss()'])
  return Number(stdout.toString()) / 1024 / 1024
}
