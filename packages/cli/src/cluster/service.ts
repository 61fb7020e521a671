/** The controller through the API server's service proxy, which needs no way into the cluster's network. */
import type { Answer } from '../io/http.ts'
import { CliError } from '../messages.ts'
import { at } from './answer.ts'
import type { Cluster, ControllerAnswer, FoundCertificate } from './cluster.ts'
import { listKeySecrets } from './key-secrets.ts'
import { publishedCertificate } from './published.ts'

/** Requests to the API server: any status; CliError when there is no answer. */
export interface Api {
  readonly server: string
  get(path: string): Promise<Answer>
  /** JSON. */
  post(path: string, body: string): Promise<Answer>
  /** JSON merge patch (RFC 7386). */
  patch(path: string, body: string): Promise<Answer>
  /** With DeleteOptions as JSON. */
  remove(path: string, body: string): Promise<Answer>
  /** Ends the connections that posting keeps. */
  close(): Promise<void>
}

interface ServiceName {
  readonly name: string
  readonly namespace: string
}

/** What to do without a cluster, by what is wanted of it. */
const WITHOUT = {
  certificate: 'or give the certificate with --cert FILE|URL, which needs no cluster',
  opening: 'or use private keys, waxseal verify or reseal --key FILE, which needs no cluster',
} as const

/** Asks the Service for its port's name, then the controller behind it. */
export function serviceProxy(api: Api, service: ServiceName): Cluster {
  const { name, namespace } = service
  const label = `Service ${namespace}/${name}`
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/`
  const findProxy = async (without: string): Promise<string> => {
    const asked = { api, label, path: '', right: `get on services "${name}" in namespace ${namespace}`, without }
    const found = await ask(asked, () => api.get(path + encodeURIComponent(name)))
    if (found.status === 200) return `http:${name}:${portName(found.body)}`
    throw refusal(found, asked)
  }
  const urlOf = (proxied: string, target: string): string =>
    `${path}${encodeURIComponent(proxied).replaceAll('%3A', ':')}/proxy${target}`
  const throughProxy = async (): Promise<string> => {
    const proxied = await findProxy(WITHOUT.certificate)
    const right = `get on services/proxy "${proxied}" in namespace ${namespace}`
    const asked = { api, label, path: '/v1/cert.pem', right, without: WITHOUT.certificate }
    const answer = await ask(asked, () => api.get(urlOf(proxied, asked.path)))
    if (answer.status === 200) return answer.body
    throw refusal(answer, asked)
  }
  let proxy: Promise<string> | undefined
  return {
    service: `${label} at ${api.server}`,
    async certificate() {
      try {
        return { text: await throughProxy(), origin: `${label} at ${api.server}` }
      } catch (error) {
        const published = isOutOfReach(error) ? await publishedCertificate(api, namespace) : undefined
        if (published === undefined) throw error
        return { ...published, note: noteOn(error, published) }
      }
    },
    keySecrets: () => listKeySecrets(api, namespace),
    async post(target, sealed) {
      proxy ??= findProxy(WITHOUT.opening)
      const proxied = await proxy
      const right = `create on services/proxy "${proxied}" in namespace ${namespace}`
      const asked = { api, label, path: target.split('?', 1)[0] ?? '', right, without: WITHOUT.opening }
      const body = JSON.stringify(sealed)
      const answer = await patiently(() => ask(asked, () => api.post(urlOf(proxied, target), body)))
      const known = controllerAnswer(answer)
      if (known === undefined) throw refusal(answer, asked)
      return known
    },
    close: () => api.close(),
  }
}

async function ask({ api, without }: Asked, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request()
  } catch (error) {
    if (!(error instanceof CliError) || error.hint !== undefined) throw error
    throw new CliError(error.message, {
      cause: error,
      hint: `is the cluster at ${api.server} running and reachable from here? If not, ${without.slice(3)}`,
    })
  }
}

/** Told to come again later (429) by the controller's rate limit or the API server's, does so, for a few minutes at most. */
async function patiently(request: () => Promise<Answer>): Promise<Answer> {
  for (let waited = 0; ; ) {
    const answer = await request()
    const seconds = Math.min(Math.max(Number(answer.headers['retry-after'] ?? 1) || 1, 1), LONGEST_PAUSE)
    if (answer.status !== 429 || waited + seconds > PATIENCE) return answer
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    waited += seconds
  }
}

/** In seconds. */
const LONGEST_PAUSE = 30
const PATIENCE = 180

/** What the controller itself can have answered. A login page with status 200 must not pass for an opened SealedSecret. */
function controllerAnswer({ status, headers, body }: Answer): ControllerAnswer | undefined {
  if (String(headers['content-type'] ?? '').includes('html') || /^\s*</.test(body)) return undefined
  return status === 200 || status === 400 || status === 409 || status === 413 ? { status, body } : undefined
}

/** The first port's name, as kubeseal takes it; empty when it has none. */
function portName(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    const ports = at(at(parsed, 'spec'), 'ports')
    const name = at(Array.isArray(ports) ? ports[0] : undefined, 'name')
    return typeof name === 'string' ? name : ''
  } catch (cause) {
    throw new CliError('the API server answered something that is not JSON', {
      cause,
      hint: 'is the server address that of a Kubernetes API server?',
    })
  }
}

interface Asked {
  readonly api: Api
  readonly label: string
  /** On the controller; empty for the Service itself. */
  readonly path: string
  readonly right: string
  /** For hints: the way without a cluster. */
  readonly without: string
}

/** An answer that is of no use, with its status. */
class Refusal extends CliError {
  readonly status: number

  constructor(status: number, message: string, options: { hint: string }) {
    super(message, options)
    this.status = status
  }
}

/** No right to the proxy, or nobody behind it: the certificate may still be had where it is published. */
function isOutOfReach(error: unknown): boolean {
  return error instanceof Refusal && [403, 502, 503, 504].includes(error.status)
}

function noteOn(error: unknown, { origin }: FoundCertificate): string {
  const why = error instanceof Refusal && error.status === 403 ? 'may not be asked' : 'cannot be reached'
  return `the controller itself ${why}: using the certificate that it published in ${origin}`
}

function refusal(answer: Answer, { api, label, path, right, without }: Asked): Refusal {
  const { status } = answer
  const isRedirect = status >= 300 && status < 400
  switch (status) {
    case 401:
      return new Refusal(status, `the API server at ${api.server} does not accept the credentials (401)`, {
        hint: `log in again, ${without}`,
      })
    case 403:
      return new Refusal(
        status,
        `the API server at ${api.server} does not allow it: the right to ${right} is missing (403)`,
        {
          hint: `ask for that right (RBAC), ${without}`,
        },
      )
    case 404:
      return new Refusal(
        status,
        `${label} does not exist at ${api.server}${path === '' ? '' : `, or has no ${path}`} (404)`,
        {
          hint: `is the controller installed there? --controller-name and --controller-namespace say where it is, ${without}`,
        },
      )
    case 503:
      return new Refusal(status, `${label} at ${api.server} has no controller running behind it (503)`, {
        hint: `kubectl get pods shows its state; start it, ${without}`,
      })
    case 200:
      return new Refusal(status, `${label} at ${api.server} answered with a web page (HTML)`, {
        hint: `is the server address that of a Kubernetes API server, and does it need a login? Try again, ${without}`,
      })
    default:
      return new Refusal(status, `${label} at ${api.server} answered ${status}`, {
        hint: `${isRedirect ? 'redirects are not followed: is the server address right? Correct it,' : 'try again,'} ${without}`,
      })
  }
}
