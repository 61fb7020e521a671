import { expect, test } from 'vitest'
import { canonicalJson, inputDigest } from '../../src/decide/digest.ts'
import { entry } from '../helpers/objects.ts'

const sealed = () => {
  const { sealed: found } = entry()
  if (found === undefined) throw new Error('no entry')
  return found
}
const WIDE = { 'sealedsecrets.bitnami.com/namespace-wide': 'true' }

test('equal content gives equal text, whatever the order', () => {
  expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[1,{"c":2,"d":1}]}')
  expect(canonicalJson(JSON.parse('{"__proto__": 1, "a": 2}'))).toBe('{"__proto__":1,"a":2}')
})

test('the digest covers what opening depends on and nothing else', () => {
  const base = sealed()
  const digest = inputDigest(base, 'u')
  const { metadata, spec } = base
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  const changes = [
    inputDigest(base, 'other'),
    inputDigest({ ...base, metadata: { ...metadata, name: 'other' } }, 'u'),
    inputDigest({ ...base, metadata: { ...metadata, annotations: WIDE } }, 'u'),
    inputDigest({ ...base, spec: { ...spec, encryptedData: { a: 'BBBB' } } }, 'u'),
    inputDigest({ ...base, spec: { ...spec, template: { type: 'x' } } }, 'u'),
  ]
  expect(new Set([digest, ...changes]).size).toBe(6)
  expect(inputDigest({ ...base, metadata: { ...metadata, labels: { a: 'b' }, resourceVersion: '9' } }, 'u')).toBe(
    digest,
  )
})
