import { expect, test } from 'vitest'
import { ANNOTATION, fromUtf8, label, parseScope, scopeOf } from '../src/index.ts'

test('only the exact value true counts, and cluster-wide wins', () => {
  expect(scopeOf(undefined)).toBe('strict')
  expect(scopeOf({ [ANNOTATION.clusterWide]: 'True' })).toBe('strict')
  expect(scopeOf({ [ANNOTATION.namespaceWide]: 'true' })).toBe('namespace-wide')
  expect(scopeOf({ [ANNOTATION.namespaceWide]: 'true', [ANNOTATION.clusterWide]: 'true' })).toBe('cluster-wide')
})

test('labels', () => {
  expect(fromUtf8(label('strict', 'ns', 'name'))).toBe('ns/name')
  expect(fromUtf8(label('strict', '', 'name'))).toBe('/name')
  expect(fromUtf8(label('namespace-wide', 'ns', 'name'))).toBe('ns')
  expect(label('cluster-wide', 'ns', 'name')).toHaveLength(0)
})

test('an unknown scope is named', () => {
  expect(parseScope('strict')).toBe('strict')
  expect(() => parseScope('wide')).toThrow(expect.objectContaining({ code: 'bad-scope' }))
})
