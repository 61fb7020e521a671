import { describe, expect, test } from 'vitest'
import { fromUtf8, isSealedSecret, isSecret, parseSealedSecret, parseSecret, WaxsealError } from '../src/index.ts'

const secret = (fields: object): unknown => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, ...fields })
const sealed = (fields: object): Record<string, unknown> => ({
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name: 'a', namespace: 'b' },
  ...fields,
})

/** Code and message of the error of a parser. */
function failure(parse: (value: unknown) => unknown, value: unknown): string {
  try {
    parse(value)
    return 'no error'
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return `${error.code}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`
  }
}

const texts = (value: unknown): unknown =>
  [...parseSecret(value).data].map(([key, item]) => [key, fromUtf8(item.reveal())])

describe('a Secret', () => {
  test('data is decoded, stringData wins, null is empty', () => {
    const value = secret({ data: { a: 'eA==', b: 'eQ==', c: null }, stringData: { b: 'text', d: null } })
    expect(texts(value)).toEqual([
      ['a', 'x'],
      ['b', 'text'],
      ['c', ''],
      ['d', ''],
    ])
  })

  test('names that objects inherit are keys like any other', () => {
    const value: unknown = JSON.parse(
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"__proto__":"x","constructor":"y"}}',
    )
    expect(texts(value)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(texts(secret({}))).toEqual([])
  })

  test.each([
    [{ stringData: { pin: 123 } }, 'bad-manifest: stringData.pin: must be text, not a number (put it in quotes)'],
    [{ data: { pin: true } }, 'bad-manifest: data.pin: must be text, not true or false (put it in quotes)'],
    [{ data: { a: ['x'] } }, 'bad-manifest: data.a: must be text, not a list'],
    [{ data: ['x'] }, 'bad-manifest: data: must be a mapping, not a list'],
    [{ stringdata: { a: 'x' } }, 'bad-manifest: stringdata: a Secret has no such field (did you mean stringData?)'],
    [{ metadata: { name: 5 } }, 'bad-manifest: metadata.name: must be text, not a number (put it in quotes)'],
    [{ metadata: { labels: { a: null } } }, 'bad-manifest: metadata.labels.a: must be text, not empty'],
    [{ immutable: 'yes' }, 'bad-manifest: immutable: must be true or false, not text'],
    [{ stringData: { a: '\ud800' } }, 'bad-manifest: stringData.a: not valid Unicode'],
    [{ kind: 'ConfigMap' }, 'not-a-secret: expected a v1 Secret, not v1 ConfigMap'],
    [{ kind: undefined }, 'not-a-secret: expected a v1 Secret, not a document without apiVersion and kind'],
  ])('%j is refused', (fields, expected) => {
    expect(failure(parseSecret, secret(fields))).toBe(expected)
  })

  test('bad base64 is named with its key, never quoted', () => {
    const message = failure(parseSecret, secret({ data: { password: 'hunter2!' } }))
    expect(message).toMatch(/^malformed: data\.password: illegal base64 data at input byte 7/)
    expect(message).not.toContain('hunter2')
  })

  test.each([null, undefined, 'text', 5, [], new Map()])('%s is no document', (value) => {
    expect(failure(parseSecret, value)).toMatch(/^bad-manifest: the document: must be a mapping/)
    expect(isSecret(value)).toBe(false)
    expect(isSealedSecret(value)).toBe(false)
  })
})

describe('a SealedSecret', () => {
  test('keeps what it does not know', () => {
    const parsed = parseSealedSecret(
      sealed({ spec: { encryptedData: {}, template: { colour: 'red' }, extra: 1 }, other: 2 }),
    )
    expect(parsed).toMatchObject({ other: 2, spec: { extra: 1, template: { colour: 'red' } } })
  })

  test.each([
    [{ spec: { encryptedData: [] } }, 'bad-manifest: spec.encryptedData: must be a mapping, not a list'],
    [{ spec: { encryptedData: 5 } }, 'bad-manifest: spec.encryptedData: must be a mapping, not a number'],
    [{ spec: { encryptedData: null } }, 'bad-manifest: spec.encryptedData: must be a mapping, not empty'],
    [{ spec: { encryptedData: { a: null } } }, 'bad-manifest: spec.encryptedData.a: must be text, not empty'],
    [{}, 'bad-manifest: spec: must be a mapping, not empty'],
    [{ spec: { template: [] } }, 'bad-manifest: spec.template: must be a mapping, not a list'],
    [
      { spec: { template: { data: { a: 1 } } } },
      'bad-manifest: spec.template.data.a: must be text, not a number (put it in quotes)',
    ],
    [{ metadata: {}, spec: {} }, 'missing-name: metadata.name: a SealedSecret must have a name'],
    [
      { apiVersion: 'bitnami.com/v2', spec: {} },
      'not-a-secret: expected a bitnami.com/v1alpha1 SealedSecret, not bitnami.com/v2 SealedSecret',
    ],
  ])('%j is refused', (fields, expected) => {
    expect(failure(parseSealedSecret, sealed(fields))).toBe(expected)
  })
})
