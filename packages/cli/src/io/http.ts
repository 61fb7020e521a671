import type { Dispatcher } from 'undici'
import type { Http } from '../context.ts'
import { CliError, errorCode, systemReason } from '../messages.ts'

/** For the whole exchange, redirects included: a certificate is small, and a person is waiting. */
export const HTTP_TIMEOUT_SECONDS = 15
const MAX_REDIRECTS = 5

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** GET over the network, through the proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, trusting the system's authorities too. */
export const nodeHttp: Http = {
  async getText(url, limit) {
    const { EnvHttpProxyAgent } = await import('./undici.ts')
    const { getCACertificates } = await import('node:tls')
    const ca = [...getCACertificates('default'), ...getCACertificates('system')]
    const dispatcher = new EnvHttpProxyAgent({ connect: { ca } })
    try {
      return await follow(dispatcher, url, limit)
    } finally {
      await dispatcher.close()
    }
  },
}

async function follow(dispatcher: Dispatcher, start: string, limit: number): Promise<string> {
  const time = deadline(HTTP_TIMEOUT_SECONDS)
  let url = new URL(start)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await get(dispatcher, url.href, { limit, deadline: time })
    if (answer.status >= 200 && answer.status < 300) return answer.body
    const location = answer.headers.location
    if (answer.status < 300 || answer.status >= 400 || typeof location !== 'string') {
      throw new CliError(`get ${start}: the server answered ${answer.status}`, {
        hint: 'is the address of the certificate right?',
      })
    }
    url = redirected(url, location)
  }
  throw new CliError(`get ${start}: more than ${MAX_REDIRECTS} redirects`)
}

/** Only to the same host, and never from https to http: who answers elsewhere could hand out a certificate of their own. */
function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href)
  const same =
    to !== null && to.hostname === from.hostname && (to.protocol === from.protocol || to.protocol === 'https:')
  if (!same) {
    throw new CliError(`get ${from.href}: redirected to another host, ${to?.host ?? location}`, {
      hint: 'redirects to other hosts are not followed; if you trust it, give that address to --cert',
    })
  }
  return to
}

/** A point in time shared by several requests. */
export interface Deadline {
  readonly seconds: number
  readonly signal: AbortSignal
}

export function deadline(seconds: number): Deadline {
  return { seconds, signal: AbortSignal.timeout(seconds * 1000) }
}

export interface GetOptions {
  readonly limit: number
  readonly deadline: Deadline
  readonly headers?: Readonly<Record<string, string | string[]>>
}

/** One GET, any status; CliError names the URL and the reason when there is no answer. */
export function get(dispatcher: Dispatcher, url: string, options: GetOptions): Promise<Answer> {
  return exchange(dispatcher, url, options, { method: 'GET' })
}

/** One POST of JSON, likewise. */
export function post(dispatcher: Dispatcher, url: string, body: string, options: GetOptions): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...options.headers }
  return exchange(dispatcher, url, { ...options, headers }, { method: 'POST', body })
}

/** One PATCH of a JSON merge patch (RFC 7386), likewise. */
export function mergePatch(dispatcher: Dispatcher, url: string, body: string, options: GetOptions): Promise<Answer> {
  const headers = { 'content-type': 'application/merge-patch+json', ...options.headers }
  return exchange(dispatcher, url, { ...options, headers }, { method: 'PATCH', body })
}

/** One DELETE with a body of JSON, likewise. */
export function remove(dispatcher: Dispatcher, url: string, body: string, options: GetOptions): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...options.headers }
  return exchange(dispatcher, url, { ...options, headers }, { method: 'DELETE', body })
}

type Sent = { readonly method: 'GET' } | { readonly method: 'POST' | 'PATCH' | 'DELETE'; readonly body: string }

async function exchange(dispatcher: Dispatcher, url: string, options: GetOptions, sent: Sent): Promise<Answer> {
  const { request } = await import('./undici.ts')
  const verb = sent.method.toLowerCase()
  try {
    const headers = { 'user-agent': 'waxseal', ...options.headers }
    const response = await request(url, { ...sent, dispatcher, signal: options.deadline.signal, headers })
    const body = await boundedText(response.body, url, options.limit)
    return { status: response.statusCode, headers: response.headers, body }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`${verb} ${url}: ${reason(error, options.deadline)}`, { cause: error })
  }
}

async function boundedText(body: AsyncIterable<Uint8Array>, url: string, limit: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of body) {
    total += chunk.length
    if (total > limit) throw new CliError(`get ${url}: the answer is larger than ${limit / 1024} KiB`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function reason(error: unknown, { seconds }: Deadline): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${seconds} s`
  if (error instanceof AggregateError && errorCode(error) === undefined) return systemReason(error.errors[0])
  return systemReason(error)
}
