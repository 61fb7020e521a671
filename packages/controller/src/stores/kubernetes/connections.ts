/** The connections to one API server: kept alive, bounded in number, replaced when the TLS material changes. */
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent, Socks5ProxyAgent } from 'undici'
import { type Identity, sameTls } from './credentials.ts'

export interface ConnectionOptions {
  readonly server: string
  readonly proxyUrl: string | undefined
  /** Requests that may run at the same time, watches included; further ones wait. */
  readonly connections: number
}

const CONNECT_TIMEOUT_MS = 10_000
/** Below the idle timeout of API servers (90 s) and of cloud load balancers (60 s). */
const IDLE_MS = 50_000

export class Connections {
  readonly #options: ConnectionOptions
  #dispatcher: Dispatcher | undefined
  #tls: Identity['tls'] | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  for(identity: Identity): Dispatcher {
    const { tls } = identity
    if (this.#dispatcher !== undefined && this.#tls !== undefined && (this.#tls === tls || sameTls(this.#tls, tls))) {
      this.#tls = tls
      return this.#dispatcher
    }
    this.renew()
    this.#tls = tls
    this.#dispatcher = createDispatcher(this.#options, tls)
    return this.#dispatcher
  }

  /** Requests under way end on the connections they are on; those to come get new ones. */
  renew(): void {
    this.#dispatcher?.close().catch(() => undefined)
    this.#dispatcher = undefined
  }

  /** Ends every connection at once. */
  async close(): Promise<void> {
    await this.#dispatcher?.destroy()
  }
}

/**
 * HTTP/1.1: a reset then ends one watch, not all of them with every call under way. A proxy is taken from the
 * kubeconfig's `proxy-url`, else from HTTPS_PROXY and NO_PROXY, as client-go does.
 */
function createDispatcher({ server, proxyUrl, connections }: ConnectionOptions, tls: Identity['tls']): Dispatcher {
  const connect = { ...tls, timeout: CONNECT_TIMEOUT_MS, keepAlive: true, keepAliveInitialDelay: 30_000 }
  const pool = { connections, allowH2: false, keepAliveTimeout: IDLE_MS }
  if (proxyUrl?.startsWith('socks')) return new Socks5ProxyAgent(proxyUrl, { ...pool, requestTls: connect })
  if (proxyUrl !== undefined) return new ProxyAgent({ ...pool, uri: proxyUrl, requestTls: connect })
  const { env } = process
  const hasProxy = server.startsWith('https:')
    ? (env.HTTPS_PROXY ?? env.https_proxy)
    : (env.HTTP_PROXY ?? env.http_proxy)
  return hasProxy ? new EnvHttpProxyAgent({ ...pool, connect, requestTls: connect }) : new Agent({ ...pool, connect })
}
