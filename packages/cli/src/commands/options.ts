/** Flags that several commands share, with what they mean. */
import { parseScope } from '@waxseal/core'
import { type ClusterOptions, CONTROLLER } from '../cluster/cluster.ts'
import type { Flags, FlagTable } from '../flags.ts'
import type { KeySource } from '../io/keys.ts'
import { UsageError } from '../messages.ts'
import type { Format } from '../output/format.ts'

/** How the cluster and the controller are found. The variables are kubeseal's own. */
export const CLUSTER_FLAGS: FlagTable = {
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  'controller-name': { type: 'string', env: 'SEALED_SECRETS_CONTROLLER_NAME' },
  'controller-namespace': { type: 'string', env: 'SEALED_SECRETS_CONTROLLER_NAMESPACE' },
}

/** Where the certificate is. */
export const CERT_FLAGS: FlagTable = { cert: { type: 'string', env: 'SEALED_SECRETS_CERT' }, ...CLUSTER_FLAGS }

/** Where private keys come from. */
export const KEY_FLAGS: FlagTable = { key: { type: 'array', letter: 'k' }, 'from-cluster': { type: 'bool' } }

/** Undefined where neither --key nor --from-cluster is given. */
export function keySource(flags: Flags): KeySource | undefined {
  const files = flags.list('key')
  const fromCluster = flags.bool('from-cluster')
  if (files.length === 0 && !fromCluster) return undefined
  return { files, cluster: fromCluster ? clusterOptions(flags) : undefined }
}

/** Throws UsageError where neither --key nor --from-cluster is given. */
export function requiredKeys(flags: Flags): KeySource {
  const source = keySource(flags)
  if (source !== undefined) return source
  throw new UsageError('a private key is needed: --key FILE, or --from-cluster if you may read the keys there')
}

/** What is read and where the result goes. */
export const FILE_FLAGS: FlagTable = {
  file: { type: 'array', letter: 'f' },
  write: { type: 'string', letter: 'w' },
}

export const SCOPE_FLAG: FlagTable = { scope: { type: 'string', check: (value) => void parseScope(value) } }

export function clusterOptions(flags: Flags): ClusterOptions {
  return {
    kubeconfig: flags.string('kubeconfig'),
    context: flags.string('context'),
    controllerName: flags.string('controller-name') ?? CONTROLLER.name,
    controllerNamespace: flags.string('controller-namespace') ?? CONTROLLER.namespace,
  }
}

/** The format that a file name's extension promises. */
export function formatOfPath(path: string | undefined): Format | undefined {
  if (path === undefined) return undefined
  if (/\.ya?ml$/.test(path)) return 'yaml'
  return path.endsWith('.json') ? 'json' : undefined
}

/** The paths to read, from -f and as arguments; none means standard input, as does `-`. */
export function inputPaths(flags: Flags): readonly string[] {
  const paths = [...flags.list('file'), ...flags.positional].map((path) => (isStdin(path) ? '-' : path))
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input (-) can be read only once')
  return paths.length === 0 ? ['-'] : paths
}

/** Standard input is read by its descriptor: opening it anew by these names fails where it is a socket. */
export function isStdin(path: string): boolean {
  return path === '-' || path === '/dev/stdin' || path === '/dev/fd/0'
}

export function refuseArguments(flags: Flags): void {
  const [first] = flags.positional
  if (first !== undefined) throw new UsageError(`unexpected argument: ${first}`)
}
