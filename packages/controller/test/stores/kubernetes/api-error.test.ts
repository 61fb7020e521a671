import { describe, expect, test } from 'vitest'
import { apiError } from '../../../src/stores/kubernetes/api-error.ts'

const status = (reason: string, message = reason, causes: object[] = []) => ({
  kind: 'Status',
  reason,
  message,
  details: { causes },
})
const refused = (http: number, body: unknown, confidential = true) =>
  apiError({ status: http, body, what: 'create secrets app/db', confidential })

describe('apiError', () => {
  test.each([
    [409, status('AlreadyExists'), 'exists'],
    [409, status('Conflict'), 'conflict'],
    [404, status('NotFound'), 'not-found'],
    [403, status('Forbidden'), 'denied'],
    [403, status('Forbidden', 'x', [{ reason: 'NamespaceTerminating' }]), 'not-found'],
    [400, status('BadRequest'), 'invalid'],
    [413, status('RequestEntityTooLarge'), 'invalid'],
    [422, status('Invalid'), 'invalid'],
    [401, status('Unauthorized'), 'unavailable'],
    [408, undefined, 'unavailable'],
    [410, status('Expired'), 'unavailable'],
    [429, status('TooManyRequests'), 'unavailable'],
    [500, undefined, 'unavailable'],
    [502, '<html>', 'unavailable'],
    [503, status('ServiceUnavailable'), 'unavailable'],
    [504, status('Timeout'), 'unavailable'],
    [302, undefined, 'unavailable'],
  ])('%i %j is %s', (http, body, code) => {
    const error = refused(http, body)
    expect(error.code).toBe(code)
    expect(error.status).toBe(http)
    expect(error.message).toMatch(/^create secrets app\/db: ./)
  })

  test('names the right that is missing', () => {
    const said =
      'secrets is forbidden: User "system:serviceaccount:kube-system:sealed-secrets-controller" cannot create resource "secrets" in API group "" in the namespace "app"'
    expect(refused(403, status('Forbidden', said)).message).toBe(
      'create secrets app/db: User "system:serviceaccount:kube-system:sealed-secrets-controller" cannot create resource "secrets" in API group "" in the namespace "app"',
    )
  })

  test.each([
    ['a webhook', 403, status('Forbidden', 'admission webhook "p.example" denied the request: value hunter2 is weak')],
    [
      'a policy',
      403,
      status(
        'Forbidden',
        "secrets \"db\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: hunter2",
      ),
    ],
    [
      'a failing webhook',
      500,
      status('InternalError', 'Internal error occurred: failed calling webhook "p.example": hunter2'),
    ],
    ['an unknown sentence', 403, status('Forbidden', 'no: hunter2')],
    [
      'a field',
      422,
      status('Invalid', 'Secret "db" is invalid', [
        { field: 'data[a]', message: 'Invalid value: "hunter2": must be text' },
      ]),
    ],
    [
      'a field with a colon in its value',
      422,
      status('Invalid', 'x', [{ field: 'data[a]', message: 'Invalid value: "a: hunter2": must: be text' }]),
    ],
    [
      'a value without quotes',
      422,
      status('Invalid', 'x', [{ field: 'data', message: 'Invalid value: {"a":"hunter2"}: must be text' }]),
    ],
    [
      'a list of choices',
      422,
      status('Invalid', 'x', [{ field: 'type', message: 'Unsupported value: "hunter2": supported values: "a"' }]),
    ],
    ['a decoder', 400, status('BadRequest', 'Secret in version "v1" cannot be handled: found hunter2')],
  ])('never quotes what %s quotes of a Secret', (_, http, body) => {
    const { message } = refused(http, body)
    expect(message).not.toContain('hunter2')
    expect(message.length).toBeGreaterThan('create secrets app/db: '.length)
  })

  test('keeps the names of webhooks, policies and fields', () => {
    const said = (http: number, body: unknown): string => refused(http, body).message
    expect(said(403, status('Forbidden', 'admission webhook "p.example" denied the request: no'))).toContain(
      '"p.example" denied',
    )
    const immutable = status('Invalid', 'x', [
      { field: 'type', message: 'Invalid value: "Opaque": field is immutable' },
    ])
    expect(said(422, immutable)).toBe('create secrets app/db: type: Invalid value: field is immutable')
  })

  test('shows what the server says where no value was sent', () => {
    expect(refused(403, status('Forbidden', 'cannot list\n "x"'), false).message).toBe(
      'create secrets app/db: cannot list "x"',
    )
    expect(refused(403, status('Forbidden', 'x'.repeat(10_000)), false).message.length).toBeLessThan(600)
  })

  test.each([
    ['2', 2000],
    ['0', undefined],
    ['soon', undefined],
    ['99999999', 300_000],
  ])('Retry-After: %s', (retryAfter, ms) => {
    const error = apiError({ status: 429, body: undefined, retryAfter, what: 'x', confidential: false })
    expect(error.retryAfterMs).toBe(ms)
  })

  test('Retry-After as a date, and in the body', () => {
    const retryAfter = new Date(Date.now() + 5000).toUTCString()
    const dated = apiError({ status: 503, body: undefined, retryAfter, what: 'x', confidential: false })
    expect(dated.retryAfterMs).toBeGreaterThan(3000)
    const body = { details: { retryAfterSeconds: 3 } }
    expect(apiError({ status: 503, body, what: 'x', confidential: false }).retryAfterMs).toBe(3000)
  })

  test.each([
    [410, status('Gone')],
    [410, undefined],
    [504, status('Timeout', 'Too large resource version: 9, current: 5', [{ reason: 'ResourceVersionTooLarge' }])],
  ])('%i %j means that only a list helps', (http, body) => {
    expect(refused(http, body, false).expired).toBe(true)
  })
})

test.each([
  [422, "secrets \"db\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no"],
  [400, 'admission webhook "w.example.test" denied the request: no'],
])('what a policy refuses with %i may be allowed later', (status, message) => {
  const body = { kind: 'Status', reason: 'Invalid', message }
  const error = apiError({ status, body, what: 'create secrets app/db', confidential: true })
  expect(error.code).toBe('denied')
  expect(apiError({ status: 422, body: { message: 'data: too long' }, what: 'x', confidential: true }).code).toBe(
    'invalid',
  )
})
