/** The certificate where the controller publishes it: in a ConfigMap, which holds nothing else and is public. */
import { CliError } from '../messages.ts'
import { at } from './answer.ts'
import type { FoundCertificate } from './cluster.ts'
import type { Api } from './service.ts'

const CONFIG_MAP = 'sealed-secrets-public-cert'
const KEY = 'tls.crt'

/** Undefined where it is not published, or may not be read: then what went wrong before is the thing to say. */
export async function publishedCertificate(api: Api, namespace: string): Promise<FoundCertificate | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${CONFIG_MAP}`
  try {
    const { status, body } = await api.get(path)
    const text = status === 200 ? certificateIn(body) : undefined
    return text === undefined ? undefined : { text, origin: `ConfigMap ${namespace}/${CONFIG_MAP} at ${api.server}` }
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

function certificateIn(body: string): string | undefined {
  try {
    const found: unknown = at(at(JSON.parse(body), 'data'), KEY)
    return typeof found === 'string' ? found : undefined
  } catch {
    return undefined
  }
}
