import type { Dispatcher } from 'undici'
import type { Env, Files } from '../context.ts'
import { deadline, get, HTTP_TIMEOUT_SECONDS, mergePatch, post, remove } from '../io/http.ts'
import type { Cluster, ClusterOptions } from './cluster.ts'
import { connectionOf } from './connection.ts'
import { type Credentials, credentialsOf } from './credentials.ts'
import { dispatcherFor } from './dispatcher.ts'
import { loadKubeconfig } from './kubeconfig.ts'
import { type Api, serviceProxy } from './service.ts'

/** A Service, a certificate, a page of a list. */
const BODY_LIMIT = 64 * 1024 * 1024

/** The controller in the cluster that the options and the kubeconfig choose. Nothing is sent yet. */
export async function connect(files: Files, env: Env, options: ClusterOptions): Promise<Cluster> {
  const api = await connectApi(files, env, options)
  return serviceProxy(api, { name: options.controllerName, namespace: options.controllerNamespace })
}

/** The API server of that cluster. */
export async function connectApi(files: Files, env: Env, options: ClusterOptions): Promise<Api> {
  const config = await loadKubeconfig(files, env, options.kubeconfig)
  const connection = connectionOf(config, options)
  const isTerminal = process.getBuiltinModule('node:tty').isatty(0)
  const open = async (): Promise<Access> => {
    const credentials = await credentialsOf(connection, { files, env, isTerminal })
    const { server, cluster } = connection
    return { headers: credentials.headers, dispatcher: await dispatcherFor(server, cluster, credentials, env) }
  }
  const seconds = options.overrides?.requestTimeout ?? HTTP_TIMEOUT_SECONDS
  const session = new Session(open)
  const limits = (headers: Access['headers']) => ({ limit: BODY_LIMIT, deadline: deadline(seconds), headers })
  const { server } = connection
  return {
    server,
    get: async (path) => {
      const { headers, dispatcher } = await session.access()
      return get(dispatcher, server + path, limits(headers))
    },
    post: async (path, body) => {
      const { headers, dispatcher } = await session.access()
      return post(dispatcher, server + path, body, limits(headers))
    },
    patch: async (path, body) => {
      const { headers, dispatcher } = await session.access()
      return mergePatch(dispatcher, server + path, body, limits(headers))
    },
    remove: async (path, body) => {
      const { headers, dispatcher } = await session.access()
      return remove(dispatcher, server + path, body, limits(headers))
    },
    close: () => session.close(),
  }
}

/** What requests are made with. */
interface Access {
  readonly headers: Credentials['headers']
  readonly dispatcher: Dispatcher
}

/** How long credentials are used again: a run that asks a thousand times must not run an exec plugin as often, whose tokens last minutes. */
const SESSION_MS = 60_000

class Session {
  readonly #make: () => Promise<Access>
  #current: { readonly until: number; readonly made: Promise<Access> } | undefined

  constructor(make: () => Promise<Access>) {
    this.#make = make
  }

  access(): Promise<Access> {
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
