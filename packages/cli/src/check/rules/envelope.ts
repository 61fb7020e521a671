/** What a sealed value's bytes tell without a key: whether they are whole, and for a key of which size. */
import { decodeBase64, type SealedSecret, splitEnvelope, WaxsealError } from '@waxseal/core'
import type { Draft } from '../finding.ts'
import type { DocumentPath } from '../locate.ts'
import type { KeyFacts } from './key-facts.ts'
import { isTemplated } from './placeholder.ts'

/** Bytes of GCM's tag, which even an empty value has. */
const TAG = 16
/** A Secret's values, all together, as the API server has it. */
const MAX_SECRET = 1024 * 1024

export function checkEnvelopes({ metadata, spec }: SealedSecret, keys: readonly KeyFacts[]): readonly Draft[] {
  const items: [DocumentPath, string][] = Object.entries(spec.encryptedData).map(([key, value]) => [
    ['spec', 'encryptedData', key],
    value,
  ])
  if (spec.data !== undefined) items.push([['spec', 'data'], spec.data])
  const drafts: Draft[] = []
  let size = 0
  for (const [path, value] of items) {
    if (isTemplated(value)) continue
    const checked = checkValue(value, keys)
    if (typeof checked === 'number') size += checked
    else drafts.push({ ...checked, message: `${path.join('.')}: ${checked.message}`, path })
  }
  if (size > MAX_SECRET) {
    const message = `SealedSecret ${metadata.name} opens to ${size} bytes, and a Secret holds ${MAX_SECRET}`
    drafts.push({ rule: 'too-large', message, path: ['spec', 'encryptedData'] })
  }
  return drafts
}

/** The length of the value inside, or what is wrong. */
function checkValue(value: string, keys: readonly KeyFacts[]): number | Pick<Draft, 'rule' | 'message'> {
  let bytes: Uint8Array
  try {
    bytes = decodeBase64(value)
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return { rule: 'bad-base64', message: error.message }
  }
  const [high, low] = bytes
  if (high === undefined || low === undefined) return wrongLength('the value is cut off')
  const wrapped = high * 256 + low
  if (!isUsual(wrapped))
    return wrongLength('this is no sealed value: it does not begin with the length of an RSA block')
  if (keys.length > 0 && !keys.some(({ bits }) => Math.ceil(bits / 8) === wrapped)) {
    return wrongLength(`sealed for a key of ${wrapped * 8} bits, and no certificate given has that size`)
  }
  if (2 + wrapped + TAG > bytes.length) return wrongLength('the value is cut off')
  return splitEnvelope(bytes).sealed.length - TAG
}

function wrongLength(message: string): Pick<Draft, 'rule' | 'message'> {
  return { rule: 'envelope-length', message: `${message}: seal it again` }
}

/** Bytes of RSA keys from 2048 to 8192 bits, as anybody makes them. */
function isUsual(wrapped: number): boolean {
  return wrapped >= 256 && wrapped <= 1024 && wrapped % 64 === 0
}
