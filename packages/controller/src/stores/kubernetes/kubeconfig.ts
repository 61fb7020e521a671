/** Which API server, and as whom. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { KubeConfig, type User } from '@kubernetes/client-node'
import { readDocuments } from '@waxseal/core/documents'
import { FileProblem } from '../../log/describe.ts'
import { fields, items, text } from './fields.ts'

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * The configuration that applies, in this order: the given file (or list of files), the Pod's service account, the
 * files of KUBECONFIG, `~/.kube/config`. Of a list, files that do not exist are passed over and what the first file
 * says wins, as with kubectl. Throws a FileProblem that names the place when there is none.
 */
export async function loadKubeconfig(
  given: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KubeConfig> {
  if (given === undefined && env.KUBERNETES_SERVICE_HOST !== undefined && existsSync(SERVICE_ACCOUNT_TOKEN)) {
    const config = new KubeConfig()
    config.loadFromCluster()
    return config
  }
  const named = given ?? (env.KUBECONFIG || join(homedir(), '.kube', 'config'))
  const config = await mergeFiles(named.split(delimiter).filter((file) => file !== ''))
  if (config === undefined) throw new FileProblem(`no Kubernetes configuration: ${named} does not exist`)
  if (config.getCurrentCluster() === null) {
    const context = config.getCurrentContext()
    throw new FileProblem(
      `${named}: ${context ? `the context ${context} names no known cluster` : 'no current context'}`,
    )
  }
  return config
}

async function mergeFiles(files: readonly string[]): Promise<KubeConfig | undefined> {
  let merged: KubeConfig | undefined
  for (const file of files) {
    if (!existsSync(file)) continue
    const part = await readConfig(file)
    if (merged === undefined) merged = part
    else addMissing(merged, part)
  }
  return merged
}

async function readConfig(file: string): Promise<KubeConfig> {
  const config = new KubeConfig()
  try {
    config.loadFromFile(file)
    config.users = withTokenFiles(config.users, await tokenFiles(file))
  } catch {
    // Without the parser's words, which may quote the file: that holds credentials.
    throw new FileProblem(`${file} is no kubeconfig that can be read`)
  }
  return config
}

/** The `tokenFile` of each user, which client-node does not know, made absolute. */
async function tokenFiles(file: string): Promise<ReadonlyMap<string, string>> {
  const [document] = await readDocuments(await readFile(file, 'utf8'))
  const found = new Map<string, string>()
  for (const entry of items(fields(document?.value).users)) {
    const { name, user } = fields(entry)
    const { tokenFile } = fields(user)
    if (typeof tokenFile === 'string') found.set(text(name), resolve(dirname(file), tokenFile))
  }
  return found
}

/** As the in-cluster configuration names its token; the file is read again and again, and wins over a fixed token. */
function withTokenFiles(users: readonly User[], files: ReadonlyMap<string, string>): User[] {
  return users.map((user) => {
    const tokenFile = files.get(user.name)
    return tokenFile === undefined ? user : { ...user, authProvider: { name: 'tokenFile', config: { tokenFile } } }
  })
}

function addMissing(into: KubeConfig, from: KubeConfig): void {
  for (const cluster of from.clusters) if (into.getCluster(cluster.name) === null) into.addCluster(cluster)
  for (const user of from.users) if (into.getUser(user.name) === null) into.addUser(user)
  for (const context of from.contexts) if (into.getContextObject(context.name) === null) into.addContext(context)
  if (!into.currentContext) into.currentContext = from.currentContext
}
