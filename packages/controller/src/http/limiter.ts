/** How often one client may ask for what costs RSA operations. */
import { isIPv6 } from 'node:net'
import type { Clock } from '../clock.ts'

export interface RateLimit {
  /** Requests a second that a client may keep up. */
  readonly perSecond: number
  /** Requests beyond that which may come at once. */
  readonly burst: number
}

/** Addresses remembered; more than a cluster's nodes and clients. */
const MAX_CLIENTS = 10_000
const OTHERS = 'others'

/**
 * Limits requests per client by the generic cell rate algorithm (ITU-T I.371). A client is the socket's address: headers
 * such as X-Forwarded-For are the client's own words, and each made-up address would get a limit of its own
 * (GHSA-jpp5-6cf2-prqh).
 */
export class RateLimiter {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #toleranceMs: number
  /** When a client will have paid for all it asked, in monotonic time. */
  readonly #paidUp = new Map<string, number>()

  constructor({ perSecond, burst }: RateLimit, clock: Clock) {
    this.#clock = clock
    this.#intervalMs = 1000 / perSecond
    this.#toleranceMs = burst * this.#intervalMs
  }

  /** 0 when the request may pass, which counts it; else milliseconds until one may. */
  ask(address: string): number {
    const now = this.#clock.monotonic()
    const client = this.#clientOf(address, now)
    const paidUp = Math.max(this.#paidUp.get(client) ?? 0, now)
    const wait = paidUp - now - this.#toleranceMs
    if (wait > 0) return wait
    this.#paidUp.set(client, paidUp + this.#intervalMs)
    return 0
  }

  /** Whoever comes while the table is full shares one limit: memory stays bounded, and nobody escapes. */
  #clientOf(address: string, now: number): string {
    const client = network(address)
    if (this.#paidUp.has(client) || this.#paidUp.size < MAX_CLIENTS) return client
    for (const [other, paidUp] of this.#paidUp) if (paidUp <= now) this.#paidUp.delete(other)
    return this.#paidUp.size < MAX_CLIENTS ? client : OTHERS
  }
}

/** One client has a whole /64 of IPv6 addresses to choose from; an IPv4 address is the same however it is written. */
function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])]
  return all.slice(0, 4).join(':')
}
