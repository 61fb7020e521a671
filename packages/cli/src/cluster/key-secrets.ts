/** The controller's private keys, as the person's rights allow. They stay in memory. */
import { CliError } from '../messages.ts'
import { at } from './answer.ts'
import type { Api } from './service.ts'

/** The label that key Secrets have, whatever its value: retired keys still open what they sealed. */
const SELECTOR = 'sealedsecrets.bitnami.com/sealed-secrets-key'
/** A Secret holds a MiB at most, and is mostly 8 KiB. */
const PAGE = 50
const PAGES = 1000

/** There is no key at all, where some were looked for. */
export class NoKeys extends CliError {
  override readonly name: string = 'NoKeys'
}

/** Secrets as the API server has them, newest first. Throws CliError where they may not be listed, or there are none. */
export async function listKeySecrets(api: Api, namespace: string): Promise<readonly unknown[]> {
  const secrets: unknown[] = []
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets?labelSelector=${encodeURIComponent(SELECTOR)}`
  let next = ''
  for (let page = 0; page < PAGES; page++) {
    const answer = await api.get(`${path}&limit=${PAGE}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`)
    if (answer.status !== 200) throw refusal(api, namespace, answer.status)
    const { items, token } = pageIn(answer.body)
    secrets.push(...items)
    next = token
    if (next === '') break
  }
  if (secrets.length > 0) return secrets.toSorted((a, b) => created(b).localeCompare(created(a)))
  throw new NoKeys(`no key of a controller in namespace ${namespace} at ${api.server}`, {
    hint: 'is it the namespace of the controller? --controller-namespace NAME says which',
  })
}

function pageIn(body: string): { items: readonly unknown[]; token: string } {
  const parsed = parse(body)
  const [items, token] = [at(parsed, 'items'), at(at(parsed, 'metadata'), 'continue')]
  if (!Array.isArray(items)) {
    throw new CliError('the API server answered something that is no list of Secrets', {
      hint: 'is the server address that of a Kubernetes API server?',
    })
  }
  return { items, token: typeof token === 'string' ? token : '' }
}

/** The parser's own message could quote a key. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** RFC 3339 in UTC, which sorts as text. */
function created(secret: unknown): string {
  const time = at(at(secret, 'metadata'), 'creationTimestamp')
  return typeof time === 'string' ? time : ''
}

function refusal({ server }: Api, namespace: string, status: number): CliError {
  if (status === 403) {
    return new CliError(
      `the API server at ${server} does not allow it: the right to list on secrets in namespace ${namespace} is missing (403)`,
      { hint: 'few should have that right; whoever has a backup of the keys can use it with --key FILE' },
    )
  }
  if (status === 401) {
    return new CliError(`the API server at ${server} does not accept the credentials (401)`, {
      hint: 'log in again, or use a backup of the keys with --key FILE',
    })
  }
  return new CliError(`the API server at ${server} answered ${status} when asked for the keys`, {
    hint: 'try again, or use a backup of the keys with --key FILE',
  })
}
