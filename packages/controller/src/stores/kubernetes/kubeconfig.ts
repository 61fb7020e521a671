/** Which API server, and as whom. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { FileProblem } from '../../log/describe.ts'

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * The configuration that applies, in this order: the given file (or list of files), the Pod's service account, the
 * files of KUBECONFIG, `~/.kube/config`. Of a list, files that do not exist are passed over and what the first file
 * says wins, as with kubectl. Throws a FileProblem that names the place when there is none.
 */
export function loadKubeconfig(given: string | undefined, env: NodeJS.ProcessEnv = process.env): KubeConfig {
  if (given === undefined && env.KUBERNETES_SERVICE_HOST !== undefined && existsSync(SERVICE_ACCOUNT_TOKEN)) {
    const config = new KubeConfig()
    config.loadFromCluster()
    return config
  }
  const named = given ?? (env.KUBECONFIG || join(homedir(), '.kube', 'config'))
  const config = mergeFiles(named.split(delimiter).filter((file) => file !== ''))
  if (config === undefined) throw new FileProblem(`no Kubernetes configuration: ${named} does not exist`)
  if (config.getCurrentCluster() === null) {
    const context = config.getCurrentContext()
    throw new FileProblem(
      `${named}: ${context ? `the context ${context} names no known cluster` : 'no current context'}`,
    )
  }
  return config
}

function mergeFiles(files: readonly string[]): KubeConfig | undefined {
  let merged: KubeConfig | undefined
  for (const file of files) {
    if (!existsSync(file)) continue
    const part = readFile(file)
    if (merged === undefined) merged = part
    else addMissing(merged, part)
  }
  return merged
}

function readFile(file: string): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromFile(file)
  } catch {
    // Without the parser's words, which may quote the file: that holds credentials.
    throw new FileProblem(`${file} is no kubeconfig that can be read`)
  }
  return config
}

function addMissing(into: KubeConfig, from: KubeConfig): void {
  for (const cluster of from.clusters) if (into.getCluster(cluster.name) === null) into.addCluster(cluster)
  for (const user of from.users) if (into.getUser(user.name) === null) into.addUser(user)
  for (const context of from.contexts) if (into.getContextObject(context.name) === null) into.addContext(context)
  if (!into.currentContext) into.currentContext = from.currentContext
}
