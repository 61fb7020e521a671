/** Which server, with which credentials: the kubeconfig's choice with kubectl's connection flags over it. */
import { CliError } from '../messages.ts'
import type { ClusterOptions, ConnectionOverrides } from './cluster.ts'
import { contextOf, type Fields, type Kubeconfig, textOf } from './kubeconfig.ts'

/** One cluster entry and one user entry, in kubeconfig's own field names. */
export interface Connection {
  readonly server: string
  readonly cluster: Fields
  readonly user: Fields
}

const NO_CLUSTER_HINT =
  'point KUBECONFIG or --kubeconfig at one; without a cluster, give the certificate with --cert FILE|URL'

/** Throws CliError when no cluster is configured or a named entry does not exist. */
export function connectionOf(config: Kubeconfig, options: ClusterOptions): Connection {
  const overrides = options.overrides ?? {}
  const context = contextOf(config, options)
  const cluster = {
    ...entryOf(config.clusters, 'cluster', overrides.cluster, context?.cluster),
    ...clusterOverrides(overrides),
  }
  const user = userOf(entryOf(config.users, 'auth info', overrides.user, context?.user), overrides)
  const server = textOf(cluster.server)
  if (server === undefined) {
    throw new CliError('no cluster configuration found (kubeconfig is missing or empty)', { hint: NO_CLUSTER_HINT })
  }
  return { server: withScheme(server).replace(/\/+$/, ''), cluster, user }
}

/** The entry a flag or the context names; a name that is not there is an error, as in kubectl. */
function entryOf(
  entries: ReadonlyMap<string, Fields>,
  kind: string,
  flag: string | undefined,
  fromContext: unknown,
): Fields {
  const name = flag ?? textOf(fromContext)
  if (name === undefined) return {}
  const entry = entries.get(name)
  if (entry === undefined && flag !== undefined) {
    throw new CliError(`${kind} ${JSON.stringify(name)} does not exist`, {
      hint: `there are: ${[...entries.keys()].join(', ') || 'none'}`,
    })
  }
  return entry ?? {}
}

function clusterOverrides(overrides: ConnectionOverrides): Fields {
  return given({
    server: overrides.server,
    'tls-server-name': overrides.tlsServerName,
    'insecure-skip-tls-verify': overrides.insecureSkipTlsVerify,
    'proxy-url': overrides.proxyUrl,
    ...(overrides.certificateAuthority === undefined
      ? {}
      : { 'certificate-authority': overrides.certificateAuthority, 'certificate-authority-data': '' }),
  })
}

/** A credential on the command line replaces the kubeconfig's other kinds of credentials, as in kubectl. */
function userOf(user: Fields, overrides: ConnectionOverrides): Fields {
  const credentials = given({
    token: overrides.token,
    username: overrides.username,
    password: overrides.password,
    'client-certificate': overrides.clientCertificate,
    'client-key': overrides.clientKey,
  })
  const asGroups = overrides.asGroups?.length ? overrides.asGroups : undefined
  const impersonation = given({ as: overrides.as, 'as-uid': overrides.asUid, 'as-groups': asGroups })
  return { ...(Object.keys(credentials).length > 0 ? credentials : user), ...impersonation }
}

function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** `--server host:port` means http, as in client-go. */
function withScheme(server: string): string {
  return /^https?:\/\//i.test(server) ? server : `http://${server}`
}
