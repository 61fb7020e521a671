/** `waxseal keys` beside a cluster with 10,000 SealedSecrets, on a real API server. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { bin, NODE } from '../e2e/helpers/controller.ts'
import { startWorld, type World } from '../e2e/helpers/world.ts'
import { createAll, keyObject } from './cluster.ts'
import { type Keys, sealedSecrets } from './fixtures.ts'
import { idleNodeMb, time } from './measure.ts'
import type { Figure } from './report.ts'

const COUNT = 10_000
const PAGE = 500

export async function keyCommands(keys: Keys): Promise<readonly Figure[]> {
  const world = await startWorld()
  try {
    await world.create(keyObject(keys, 'bench'))
    await world.namespace('bench')
    await createAll(world, await sealedSecrets(keys, COUNT, 1))
    const bare = (await time(() => bareList(world))) / 1000
    const list = await measured(world, ['keys', 'list'])
    const dryRun = await measured(world, ['keys', 'rotate', '--dry-run', '--cluster'])
    return [...figures('keys list', list, bare), ...figures('keys rotate --dry-run', dryRun, bare)]
  } finally {
    await world.stop()
  }
}

interface Measured {
  readonly seconds: number
  readonly peakMb: number
}

function figures(command: string, { seconds, peakMb }: Measured, bare: number): readonly Figure[] {
  const work = `${command}, ${COUNT.toLocaleString('en')} SealedSecrets`
  return [
    {
      work,
      value: seconds,
      unit: 's',
      peer: { name: 'listing them, and nothing else', value: bare, unit: 's' },
      target: { kind: 'value', atMost: 10 },
    },
    {
      work: `${work}, peak memory`,
      value: peakMb,
      unit: 'MB',
      peer: { name: 'Node with nothing to do', value: idleNodeMb(), unit: 'MB' },
      target: { kind: 'value', atMost: 250 },
    },
  ]
}

async function bareList({ plane }: World): Promise<void> {
  let next = ''
  do {
    const from = next === '' ? '' : `&continue=${encodeURIComponent(next)}`
    const path = `/apis/bitnami.com/v1alpha1/sealedsecrets?limit=${PAGE}${from}`
    next = (await plane.api.object<{ metadata: { continue?: string } }>(path)).metadata.continue ?? ''
  } while (next !== '')
}

/** With the peak of its memory as the kernel keeps it (Linux). */
async function measured({ plane }: World, args: readonly string[]): Promise<Measured> {
  const start = performance.now()
  const env = { PATH: '/usr/bin:/bin', HOME: plane.dir, KUBECONFIG: plane.kubeconfig }
  const child = spawn(NODE, [bin('waxseal'), ...args], { env, stdio: 'ignore' })
  let peakMb = 0
  const look = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
  }, 10)
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
  clearInterval(look)
  if (code !== 0) throw new Error(`waxseal ${args.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - start) / 1000, peakMb }
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    // It has just ended.
    return 0
  }
}
