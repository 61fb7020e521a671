import type { Dispatcher } from 'undici'
import type { Env, Files } from '../context.ts'
import { deadline, get, HTTP_TIMEOUT_SECONDS, post } from '../io/http.ts'
import { CliError, systemReason } from '../messages.ts'
import type { Cluster, ClusterOptions } from './cluster.ts'
import { type Connection, connectionOf } from './connection.ts'
import { loadKubeconfig, textOf } from './kubeconfig.ts'
import { type Api, serviceProxy } from './service.ts'

/** An answer of the API server that matters here is a Service or a certificate. */
const BODY_LIMIT = 4 * 1024 * 1024
const TOKEN_LIMIT = 1024 * 1024

/** The cluster that the options and the kubeconfig choose. Nothing is sent yet. */
export async function connect(files: Files, env: Env, options: ClusterOptions): Promise<Cluster> {
  const config = await loadKubeconfig(files, env, options.kubeconfig)
  const connection = withToken(files, connectionOf(config, options))
  const seconds = options.overrides?.requestTimeout ?? HTTP_TIMEOUT_SECONDS
  const session = new Session(() => credentials(connection))
  const api: Api = {
    server: connection.server,
    get: async (path) => {
      const { headers, dispatcher } = await credentials(connection)
      const all = { ...headers, ...impersonation(options) }
      try {
        return await get(dispatcher, connection.server + path, {
          limit: BODY_LIMIT,
          deadline: deadline(seconds),
          headers: all,
        })
      } finally {
        await dispatcher.close()
      }
    },
    post: async (path, body) => {
      const { headers, dispatcher } = await session.credentials()
      return post(dispatcher, connection.server + path, body, {
        limit: BODY_LIMIT,
        deadline: deadline(seconds),
        headers: { ...headers, ...impersonation(options) },
      })
    },
    close: () => session.close(),
  }
  return serviceProxy(api, { name: options.controllerName, namespace: options.controllerNamespace })
}

/** A token from a file, which wins over one that stands in the kubeconfig (client-go); client-node does not read it. */
function withToken(files: Files, connection: Connection): Connection {
  const path = textOf(connection.user.tokenFile)
  if (path === undefined) return connection
  const token = new TextDecoder().decode(files.read(path, TOKEN_LIMIT)).trim()
  return { ...connection, user: { ...connection.user, token } }
}

interface Credentials {
  readonly headers: Record<string, string>
  readonly dispatcher: Dispatcher
}

/** How long credentials are used again: a run that asks a thousand times must not run an exec plugin as often, whose tokens last minutes. */
const SESSION_MS = 60_000

class Session {
  readonly #make: () => Promise<Credentials>
  #current: { readonly until: number; readonly made: Promise<Credentials> } | undefined

  constructor(make: () => Promise<Credentials>) {
    this.#make = make
  }

  credentials(): Promise<Credentials> {
    const now = performance.now()
    if (this.#current !== undefined && now < this.#current.until) return this.#current.made
    // Waits for what is under way on the old connections.
    void this.close()
    const made = this.#make()
    this.#current = { until: now + SESSION_MS, made }
    return made
  }

  async close(): Promise<void> {
    const made = this.#current?.made
    this.#current = undefined
    await made?.then(({ dispatcher }) => dispatcher.close()).catch(() => undefined)
  }
}

/** Lets client-node do what it is good at: tokens, client certificates, exec plugins. */
async function credentials(connection: Connection): Promise<Credentials> {
  const { HttpMethod, KubeConfig, RequestContext } = await import('./client-node.ts')
  const { Agent } = await import('../io/undici.ts')
  const isPlain = connection.server.startsWith('http:')
  const cluster = {
    ...connection.cluster,
    server: connection.server,
    ...(isPlain ? { 'insecure-skip-tls-verify': true } : {}),
  }
  const kubeconfig = new KubeConfig()
  kubeconfig.loadFromString(
    JSON.stringify({
      clusters: [{ name: 'chosen', cluster }],
      users: [{ name: 'chosen', user: connection.user }],
      contexts: [{ name: 'chosen', context: { cluster: 'chosen', user: 'chosen' } }],
      'current-context': 'chosen',
    }),
  )
  const request = new RequestContext(connection.server, HttpMethod.GET)
  try {
    await kubeconfig.applySecurityAuthentication(request)
  } catch (error) {
    throw new CliError(`the kubeconfig's credentials cannot be used: ${credentialReason(error)}`, { cause: error })
  }
  return { headers: request.getHeaders(), dispatcher: request.getDispatcher() ?? new Agent() }
}

/** File errors by their reason; the text of others is client-node's own and names no secret values. */
function credentialReason(error: unknown): string {
  const path: unknown = error instanceof Error ? Reflect.get(error, 'path') : undefined
  if (typeof path === 'string') return `open ${path}: ${systemReason(error)}`
  return error instanceof Error ? error.message : 'unknown failure'
}

/** client-node knows only `as`. */
function impersonation(options: ClusterOptions): Record<string, string> {
  const { asUid, asGroups = [] } = options.overrides ?? {}
  return {
    ...(asUid === undefined ? {} : { 'impersonate-uid': asUid }),
    ...(asGroups.length === 0 ? {} : { 'impersonate-group': asGroups.join(', ') }),
  }
}
