/**
 * `POST /v1/verify` and `POST /v1/rotate`: whether a SealedSecret can be opened, and the same sealed for the newest key.
 *
 * Whoever reaches the port may ask, so nothing that was decrypted may show: templates are not rendered, the inside of
 * values is not looked at, and body, status and size of the answer depend only on what was sent and on the keys
 * (bitnami-labs/sealed-secrets #2019, #2049). Nothing of a request is logged.
 */
import {
  decodeBase64,
  type KeyRing,
  label,
  parseSealedSecret,
  resealSecret,
  type SealedSecret,
  type SealingKey,
  scopeOf,
  tryItems,
  WaxsealError,
} from '@waxseal/core'
import { decodeText, readDocuments } from '@waxseal/core/documents'
import type { Clock } from '../clock.ts'
import { fairRing, Gate } from './fair-ring.ts'
import { type RateLimit, RateLimiter } from './limiter.ts'
import { type Answer, type PostRequest, type Routes, text } from './server.ts'

/** What opens and what seals. */
export interface Keys {
  readonly ring: KeyRing
  readonly sealingKey: SealingKey
}

export interface ReencryptOptions {
  /** Undefined until the controller has keys. */
  readonly keys: () => Keys | undefined
  readonly acceptDeprecatedData: boolean
  readonly rateLimit: RateLimit
  readonly clock: Clock
}

/** A SealedSecret that fits into an API server has 1.5 MiB at most; a Secret may hold 1 MiB, of which few come near. */
const BODY_LIMIT = 1024 * 1024

/**
 * What of a body may go to the full YAML parser: up to 0.1 s, in which nothing else runs. Plain manifests, which is what
 * kubeseal writes, and JSON do not count.
 */
const YAML_LIMIT = 32 * 1024

/** RSA operations in work for all clients together: as many as the thread pool has threads. */
const IN_FLIGHT = 4

export function reencryptRoutes(options: ReencryptOptions): Routes {
  const gate = new Gate(IN_FLIGHT)
  const route = (work: (sealed: SealedSecret, keys: Keys, request: PostRequest) => Promise<Answer>): Routes[string] => {
    // One limiter for each path, as the original has it.
    const limiter = new RateLimiter(options.rateLimit, options.clock)
    return {
      limit: BODY_LIMIT,
      admit: (address) => admit(limiter, address),
      answer: async (request) => {
        const keys = options.keys()
        if (keys === undefined) return text(503, 'not ready: no key yet\n')
        const sealed = await parse(request.body)
        if (!('metadata' in sealed)) return sealed
        return work(sealed, { ...keys, ring: fairRing(keys.ring, gate, request.signal) }, request)
      },
    }
  }
  return {
    '/v1/verify': route(async (sealed, { ring }) =>
      (await opens(sealed, ring, options.acceptDeprecatedData)) ? text(200, 'ok\n') : CLOSED,
    ),
    '/v1/rotate': route(rotate),
  }
}

const CLOSED = text(409, 'cannot be opened\n')

function admit(limiter: RateLimiter, address: string): Answer | undefined {
  const waitMs = limiter.ask(address)
  if (waitMs === 0) return undefined
  return { ...text(429, 'too many requests\n'), headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) } }
}

/** The one SealedSecret of a body, YAML or JSON whatever its content type says; else 400 with the reason. */
async function parse(body: Uint8Array): Promise<SealedSecret | Answer> {
  try {
    const [document, second] = await readDocuments(decodeText(body), { maxYaml: YAML_LIMIT })
    if (document === undefined) return text(400, 'no document in the body\n')
    if (second !== undefined) return text(400, 'more than one document in the body\n')
    if (document.error !== undefined) throw document.error
    return parseSealedSecret(document.value)
  } catch (error) {
    // Nothing was decrypted yet: the reason can only be made of what the client sent.
    if (error instanceof WaxsealError) return text(400, `${[error.message, error.hint].filter(Boolean).join('; ')}\n`)
    throw error
  }
}

/**
 * Whether every value opens. The deprecated `spec.data` counts as open when its envelope does: to say whether the Secret
 * in it is well formed would be to tell something about its content.
 */
async function opens(sealed: SealedSecret, ring: KeyRing, acceptDeprecatedData: boolean): Promise<boolean> {
  const { metadata, spec } = sealed
  if (spec.data === undefined) return (await tryItems(sealed, ring)).failures.size === 0
  if (!acceptDeprecatedData || Object.keys(spec.encryptedData).length > 0) return false
  try {
    const bound = label(scopeOf(metadata.annotations), metadata.namespace ?? '', metadata.name)
    await ring.open(decodeBase64(spec.data), bound)
    return true
  } catch (error) {
    if (error instanceof WaxsealError) return false
    throw error
  }
}

/** `?only=outdated` keeps values that are sealed for the newest key already. */
async function rotate(sealed: SealedSecret, { ring, sealingKey }: Keys, { query }: PostRequest): Promise<Answer> {
  try {
    const onlyOutdated = query.get('only') === 'outdated'
    const resealed = await resealSecret(sealed, { ring, certificate: { sealingKey }, onlyOutdated })
    return { status: 200, type: 'application/json', body: `${JSON.stringify(resealed)}\n` }
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return error.code === 'deprecated-data' ? text(400, `${error.message}\n`) : CLOSED
  }
}
