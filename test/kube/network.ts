/**
 * A network of its own for processes that need an address which is no loopback address: the API server refuses to proxy
 * to those. Linux only; as root, or where users may make namespaces.
 */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Children } from './children.ts'

export interface Network {
  /** An address inside that is not 127.0.0.1. */
  readonly address: string
  /** The command line that runs a program inside. */
  command(program: string, args: readonly string[]): readonly [string, readonly string[]]
}

const ADDRESS = '192.0.2.10'
const root = process.getuid?.() === 0
const unshareArgs = root ? ['-n'] : ['--map-root-user', '-n']

/** Why no network can be made here, or undefined. */
export function networkMissing(): string | undefined {
  const made = spawnSync('unshare', [...unshareArgs, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' })
  if (made.status === 0) return undefined
  return `no network namespace can be made here: ${made.error?.message ?? made.stderr.trim()}`
}

/** Makes one; it lasts as long as `children`. */
export async function startNetwork(children: Children): Promise<Network> {
  const script = `ip link set lo up && ip addr add ${ADDRESS}/32 dev lo && echo ready && read -r _`
  const holder: ChildProcess = children.spawn('unshare', [...unshareArgs, 'sh', '-c', script])
  if (holder.stdout === null) throw new Error('the namespace has no stdout')
  const [said] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])) as unknown[]
  if (String(said).trim() !== 'ready') throw new Error(networkMissing() ?? 'the network namespace ended at once')
  const enter = ['--target', String(holder.pid), '--net', ...(root ? [] : ['--user', '--preserve-credentials'])]
  return { address: ADDRESS, command: (program, args) => ['nsenter', [...enter, program, ...args]] }
}
