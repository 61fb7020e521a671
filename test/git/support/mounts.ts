/** Folders that are mounted for one test alone, in a mount namespace of their own: nothing else on the machine sees them. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describeUnless } from './needs.ts'
import { makeRepo, type Repo, type World } from './world.ts'

export interface Space {
  /** The repository in this folder, as programs in the namespace see it. */
  open(folder: string): Repo
  end(): Promise<void>
}

/** Runs a shell script, mostly of `mount` calls, in a new namespace, and keeps it until `end`. */
export async function makeSpace(world: World, script: string, ...args: readonly string[]): Promise<Space> {
  const holder = spawn('unshare', [...NAMESPACE, 'sh', '-ec', `${script}\necho ready\nexec cat >&2`, 'sh', ...args], {
    env: world.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'exit')
  let said = ''
  holder.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await Promise.race([once(holder.stdout, 'data'), ended])
  if (said !== 'ready\n') throw new Error('nothing could be mounted')
  const enter = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, 'sh', '-c', 'cd "$0" && exec "$@"']
  return {
    open: (folder) => makeRepo(folder, world.env, { enter, root: `/proc/${holder.pid}/root` }),
    async end() {
      holder.stdin.end()
      await ended
    },
  }
}

const NAMESPACE = ['--mount', '--propagation', 'private']

/** Why nothing can be mounted here, or undefined. */
function mountsMissing(): string | undefined {
  const mount = 'mount -t tmpfs -o size=64k tmpfs "$0"'
  const { status, error } = spawnSync('unshare', [...NAMESPACE, 'sh', '-c', mount, import.meta.dirname])
  if (error !== undefined) return 'unshare (util-linux) is not installed'
  return status === 0 ? undefined : 'mounting in a namespace needs root and CAP_SYS_ADMIN'
}

/** As vitest's describe; where nothing can be mounted it is skipped loudly, or fails with WAXSEAL_REQUIRE_ALL=1. */
export function describeWithMounts(name: string, suite: () => void): void {
  describeUnless(MISSING, name, suite)
}

const MISSING = mountsMissing()
