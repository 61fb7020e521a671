/** An image's layout unpacked and run by crun, as strictly as the chart's security contexts ask for. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answerOf } from '../../kube/json.ts'

const seccomp = fileURLToPath(new URL('../../../deploy/image/seccomp.json', import.meta.url))

export interface Config {
  readonly User: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
}

const read = (path: string): string => readFileSync(path, 'utf8')

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

/** Unpacks all layers into a folder; returns the image's configuration. */
export function unpack(layout: string, into: string): Config {
  const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'))
  const index = answerOf<{ manifests: readonly { digest: string }[] }>(read(join(layout, 'index.json')))
  const manifest = answerOf<{ config: { digest: string }; layers: readonly { digest: string }[] }>(
    read(blob(index.manifests[0]?.digest ?? '')),
  )
  mkdirSync(into, { recursive: true })
  for (const { digest } of manifest.layers) run('tar', ['-xzpf', blob(digest), '-C', into])
  return answerOf<{ config: Config }>(read(blob(manifest.config.digest))).config
}

interface Mount {
  readonly source: string
  readonly destination: string
}

export interface Container {
  readonly rootfs: string
  readonly config: Config
  readonly args?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly env?: readonly string[]
  readonly mounts?: readonly Mount[]
}

/** Writes crun's bundle into a folder; returns the command that runs it in the present network. */
export function bundle(folder: string, id: string, container: Container): readonly [string, readonly string[]] {
  const { rootfs, config, args = [], entrypoint = config.Entrypoint, env = [], mounts = [] } = container
  const [uid = 0, gid = 0] = config.User.split(':').map(Number)
  const none = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] }
  const bind = ({ source, destination }: Mount) => ({
    source,
    destination,
    type: 'bind',
    options: ['bind', 'ro', 'nosuid', 'nodev'],
  })
  const spec = {
    ociVersion: '1.0.2',
    process: {
      ...{ terminal: false, user: { uid, gid }, cwd: '/', noNewPrivileges: true, capabilities: none },
      args: [...entrypoint, ...args],
      env: [...config.Env, ...env],
    },
    root: { path: rootfs, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      ...mounts.map(bind),
    ],
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      seccomp: answerOf<object>(read(seccomp)),
    },
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(spec))
  // crun refuses machines on which both versions of control groups are mounted, even where it shall use none.
  const script = 'umount -l /sys/fs/cgroup/unified 2>/dev/null; exec "$@"'
  const crun = ['crun', '--cgroup-manager=disabled', '--root', join(folder, 'state'), 'run', '--bundle', folder, id]
  return ['unshare', ['-m', 'sh', '-c', script, 'sh', ...crun]]
}
