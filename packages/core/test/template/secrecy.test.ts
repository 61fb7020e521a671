import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { WaxsealError } from '../../src/errors.ts'
import { FUNCTIONS } from '../../src/template/functions/registry.ts'
import { render } from '../../src/template/index.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Values that no template holds, in forms that functions take apart. */
const SECRETS: Readonly<Record<string, string>> = {
  password: 'hunter2-Xq7-SECRET',
  number: '918273645',
  json: '{"Kj4wSecretKey":"Vz9SecretValue","n":918273645}',
  broken: '{"a":Zq8Secret',
  url: 'http://user:Pw5Secret@h:Po6Secret/%zz',
  pattern: '(Re3Secret',
  version: 'Ve2Secret.1',
  date: '2024-13-77Da1Secret',
  pem: '-----BEGIN EC PRIVATE KEY-----\nUGVtU2VjcmV0\n-----END EC PRIVATE KEY-----\n',
}
const TRACES = /hunter2|SECRET|918273645|Secret|2024-13|UGVt/
const data = Object.fromEntries(Object.entries(SECRETS).map(([key, value]) => [key, new TextEncoder().encode(value)]))
const fields = Object.keys(SECRETS).map((key) => `.${key}`)

/** Everything that a program can find on an error; empty where there is none. */
function told(template: string): string {
  try {
    render('config', template, data)
    return ''
  } catch (error) {
    if (!(error instanceof WaxsealError)) return `not ours, SECRET: ${String(error)}`
    const { message, stack, cause, hint, code } = error
    return [message, stack, String(cause), hint, code, inspect(error, { depth: 9 }), JSON.stringify(error)].join('\n')
  }
}

describe('no error tells what was decrypted', () => {
  test.each([
    '{{ fail .password }}',
    '{{ .password | fail }}',
    '{{ fail (printf "user %s" .password) }}',
    '{{ range .password }}{{ end }}',
    '{{ index (list 1) (int .number) }}',
    '{{ index . .password "x" }}',
    '{{ mustFromJson .broken }}',
    '{{ mustFromJson .password }}',
    '{{ urlParse .url }}',
    '{{ mustRegexMatch .pattern "a" }}',
    '{{ regexFind .pattern "a" }}',
    '{{ semver .version }}',
    '{{ semverCompare .version "1" }}',
    '{{ mustToDate "2006-01-02" .date }}',
    '{{ mustToDate .date "2024" }}',
    '{{ mustDateModify .password now }}',
    '{{ eq (dict .password 1) (dict .password 1) }}',
    '{{ eq .password 1 }}',
    '{{ (fromJson .number).x }}',
    '{{ template "x" .password }}{{ define "x" }}{{ fail . }}{{ end }}',
    '{{ urlJoin (dict "host" (list .password)) }}',
    '{{ urlJoin (dict "userinfo" .url) }}',
    '{{ genSelfSignedCert .password (list .password) (list .password) 1 }}',
    '{{ genCAWithKey "x" 1 .pem }}',
    '{{ buildCustomCert .pem .pem }}',
    '{{ buildCustomCert (b64enc .pem) (b64enc .pem) }}',
    '{{ decryptAES .password .password }}',
    '{{ dig .password "x" }}',
    '{{ dig (list .password) "x" 1 (dict) }}',
    '{{ call .password }}',
    '{{ until (int .number) }}',
    '{{ repeat (int .number) .password }}',
    '{{ substr (int .number) 1 .password }}',
    '{{ slice (list .password) (int .number) }}',
    '{{ $x := .password }}{{ $x.y }}',
    '{{ upper (list .password) }}',
    '{{ mustToJson (list .password 1i) }}',
    '{{ concat (list .password) .password }}',
    '{{ first .password }}',
    '{{ randInt (int .number) (int .number) }}',
    '{{ htpasswd .password "\\xff" }}',
  ])('%s', (template) => {
    expect(told(template)).toMatch(/template-failed/)
    expect(told(template)).not.toMatch(TRACES)
  })

  test('whatever is called with whatever', () => {
    const slow = /^(?:gen(?:CA|SelfSignedCert|SignedCert|PrivateKey)|bcrypt|htpasswd|derivePassword)$/
    const name = fc.constantFrom(...[...FUNCTIONS.keys()].filter((key) => !slow.test(key)))
    const operand = fc.oneof(
      fc.constantFrom(...fields),
      fc.constantFrom(...fields).map((field) => `(int ${field})`),
      fc.constantFrom(...fields).map((field) => `(list ${field} 1)`),
      fc.constantFrom(...fields).map((field) => `(dict ${field} ${field} "host" ${field})`),
      fc.constantFrom('(fromJson .json)', '.', 'nil', '1', '2.5', 'true', '"a"', '(toDate "2006" "2024")'),
    )
    const call = fc.tuple(name, fc.array(operand, { maxLength: 4 })).map(([first, rest]) => [first, ...rest].join(' '))
    const template = fc.oneof(
      call.map((text) => `{{ ${text} }}`),
      fc.tuple(call, call).map(([a, b]) => `{{ ${a} | ${b} }}`),
      call.map((text) => `{{ range ${text} }}{{ fail (print .) }}{{ end }}`),
      fc.tuple(name, call).map(([a, b]) => `{{ ${a} (${b}) }}`),
    )
    fc.assert(
      fc.property(template, (text) => {
        expect(told(text)).not.toMatch(TRACES)
      }),
      { numRuns: 3000 },
    )
  })
})
