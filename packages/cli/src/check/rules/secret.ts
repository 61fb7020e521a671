import { asString, field, isObject, type JsonObject } from '@waxseal/core'
import type { Draft } from '../finding.ts'
import type { DocumentPath } from '../locate.ts'
import { isKnown } from './placeholder.ts'

/** A Secret whose values anybody who reads the file knows: one draft, at the first of them. */
export function checkSecret(secret: JsonObject): readonly Draft[] {
  const known = ['data', 'stringData'].flatMap((part) => {
    const values = field(secret, part)
    if (!isObject(values)) return []
    return Object.keys(values)
      .filter((key) => isKnown(values[key]))
      .map((key): DocumentPath => [part, key])
  })
  const [first] = known
  if (first === undefined) return []
  const others = known.length > 1 ? ` and ${known.length - 1} more` : ''
  return [
    {
      rule: 'plaintext-secret',
      message: `Secret ${nameOf(secret)} is not sealed: ${first.join('.')}${others} can be read by anybody: seal it with waxseal seal`,
      path: first,
    },
  ]
}

/** `namespace/name`, as far as the object says. */
function nameOf(object: JsonObject): string {
  const metadata = field(object, 'metadata')
  if (!isObject(metadata)) return 'without a name'
  const parts = ['namespace', 'name'].map((key) => field(metadata, key)).filter((part) => typeof part === 'string')
  return parts.length === 0 ? 'without a name' : parts.map((part) => asString(part, 'metadata')).join('/')
}
