/** Headers and TLS material of a request, kept fresh: tokens expire, and their files are replaced. */
import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import type { KubeConfig } from '@kubernetes/client-node'
import { fields, optionalText } from './fields.ts'

export interface Identity {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: Readonly<
    Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized' | 'servername'>
  >
}

/** How long an identity is used before the files, or the credential plugin, are asked again. */
const FRESH_MS = 10_000

export class Credentials {
  readonly server: string
  readonly proxyUrl: string | undefined
  readonly #config: KubeConfig
  #identity: Promise<Identity> | undefined
  #staleAt = 0

  /** @param config - with a current cluster */
  constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster()
    if (cluster === null) throw new Error('the Kubernetes configuration names no cluster')
    this.#config = config
    this.server = cluster.server
    this.proxyUrl = cluster.proxyUrl
  }

  /** The identity to use now. What failed is tried anew by the next call. */
  current(): Promise<Identity> {
    const now = performance.now()
    if (this.#identity !== undefined && now < this.#staleAt) return this.#identity
    this.#staleAt = now + FRESH_MS
    const identity = this.#load()
    this.#identity = identity
    identity.catch(() => this.renew())
    return identity
  }

  /** The server refused the identity: the next request reads it anew. */
  renew(): void {
    this.#identity = undefined
  }

  async #load(): Promise<Identity> {
    const options: RequestOptions = {}
    await this.#config.applyToHTTPSOptions(options)
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(fields(options.headers))) headers[name] = String(value).trim()
    if (typeof options.auth === 'string') {
      headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`
    }
    const token = await this.#fileToken()
    if (token !== undefined) headers.Authorization = `Bearer ${token}`
    return { headers, tls: tlsOf(options) }
  }

  /** Read here: client-node keeps a token for a minute, also after the server has refused it. */
  async #fileToken(): Promise<string | undefined> {
    const provider = fields(this.#config.getCurrentUser()?.authProvider)
    const path = optionalText(fields(provider.config).tokenFile)
    return path === undefined ? undefined : (await readFile(path, 'utf8')).trim()
  }
}

function tlsOf(options: RequestOptions): Identity['tls'] {
  const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  }
}

/** True when a connection made with the one would be made the same way with the other. */
export function sameTls(a: Identity['tls'], b: Identity['tls']): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
