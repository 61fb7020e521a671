/** The controller through the API server's service proxy, which needs no way into the cluster's network. */
import type { Answer } from '../io/http.ts'
import { CliError } from '../messages.ts'
import type { Cluster } from './cluster.ts'

/** GET on the API server: any status; CliError when there is no answer. */
export interface Api {
  readonly server: string
  get(path: string): Promise<Answer>
}

interface ServiceName {
  readonly name: string
  readonly namespace: string
}

const WITHOUT_CLUSTER = 'or give the certificate with --cert FILE|URL, which needs no cluster'

/** Asks the Service for its port's name, then the controller behind it. */
export function serviceProxy(api: Api, service: ServiceName): Cluster {
  const label = `Service ${service.namespace}/${service.name}`
  const path = `/api/v1/namespaces/${encodeURIComponent(service.namespace)}/services/`
  return {
    service: `${label} at ${api.server}`,
    async certificate() {
      const found = await ask(api, path + encodeURIComponent(service.name))
      if (found.status !== 200)
        throw refusal(found, api, label, `get on services "${service.name}" in namespace ${service.namespace}`)
      const proxied = `http:${service.name}:${portName(found.body)}`
      const answer = await ask(api, `${path}${encodeURIComponent(proxied).replaceAll('%3A', ':')}/proxy/v1/cert.pem`)
      if (answer.status === 200) return answer.body
      throw refusal(answer, api, label, `get on services/proxy "${proxied}" in namespace ${service.namespace}`)
    },
  }
}

async function ask(api: Api, path: string): Promise<Answer> {
  try {
    return await api.get(path)
  } catch (error) {
    if (!(error instanceof CliError) || error.hint !== undefined) throw error
    throw new CliError(error.message, {
      cause: error,
      hint: `is the cluster at ${api.server} running and reachable from here? If not, ${WITHOUT_CLUSTER.slice(3)}`,
    })
  }
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

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function refusal(answer: Answer, api: Api, label: string, right: string): CliError {
  switch (answer.status) {
    case 401:
      return new CliError(`the API server at ${api.server} does not accept the credentials (401)`, {
        hint: `log in again, ${WITHOUT_CLUSTER}`,
      })
    case 403:
      return new CliError(`the API server at ${api.server} does not allow it: the right to ${right} is missing (403)`, {
        hint: `ask for that right (RBAC), ${WITHOUT_CLUSTER}`,
      })
    case 404:
      return new CliError(`${label} does not exist at ${api.server}, or has no /v1/cert.pem (404)`, {
        hint: `is the controller installed there? --controller-name and --controller-namespace say where it is, ${WITHOUT_CLUSTER}`,
      })
    case 503:
      return new CliError(`${label} at ${api.server} has no controller running behind it (503)`, {
        hint: `kubectl get pods shows its state; start it, ${WITHOUT_CLUSTER}`,
      })
    default:
      return new CliError(`${label} at ${api.server} answered ${answer.status}`, {
        hint: `try again, ${WITHOUT_CLUSTER}`,
      })
  }
}
