import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { WaxsealError } from '../../src/errors.ts'
import { FUNCTIONS } from '../../src/template/functions/registry.ts'
import { render } from '../../src/template/index.ts'

vi.setConfig({ testTimeout: 60_000 })

const LIMITS = { steps: 50_000, output: 10_000, text: 100_000 }
const data = {
  user: new TextEncoder().encode('admin'),
  blob: Uint8Array.of(0, 255, 128, 195, 169),
  empty: new Uint8Array(),
}

/** The error's code, or `rendered`; throws what is no error of the package. */
function outcome(template: string): string {
  try {
    return render('config', template, data, { limits: LIMITS }).length <= LIMITS.output ? 'rendered' : 'too long'
  } catch (error) {
    if (error instanceof WaxsealError) return error.code
    throw error
  }
}

const KNOWN = /^(?:rendered|bad-template|template-failed)$/
const slow = /^(?:gen(?:CA|SelfSignedCert|SignedCert|PrivateKey)|bcrypt|htpasswd|derivePassword)$/
const names = [...FUNCTIONS.keys()].filter((name) => !slow.test(name))

const grammar = fc.letrec<{ operand: string; pipeline: string; node: string; nodes: string }>((tie) => ({
  operand: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      '.',
      '$',
      '.user',
      '.blob',
      '.missing',
      '.user.x',
      '$x',
      'nil',
      'true',
      '1',
      '-3',
      '2.5',
      '1i',
      "'a'",
    ),
    fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
    fc.constantFrom(...names),
    tie('pipeline').map((text) => `(${text})`),
    tie('pipeline').map((text) => `(${text}).user`),
  ),
  pipeline: fc
    .array(
      fc
        .tuple(fc.constantFrom(...names), fc.array(tie('operand'), { maxLength: 3 }))
        .map(([name, words]) => [name, ...words].join(' ')),
      { minLength: 1, maxLength: 2 },
    )
    .map((commands) => commands.join(' | ')),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('text', ' \n ', '{{ break }}', '{{ continue }}', '{{ template "t" . }}', '{{/* c */}}'),
    tie('pipeline').map((text) => `{{ ${text} }}`),
    tie('pipeline').map((text) => `{{- $x := ${text} -}}`),
    fc
      .tuple(tie('pipeline'), tie('nodes'))
      .map(([pipe, nodes]) => `{{ if ${pipe} }}${nodes}{{ else }}${nodes}{{ end }}`),
    fc.tuple(tie('pipeline'), tie('nodes')).map(([pipe, nodes]) => `{{ range $i, $x := ${pipe} }}${nodes}{{ end }}`),
    fc.tuple(tie('pipeline'), tie('nodes')).map(([pipe, nodes]) => `{{ with ${pipe} }}${nodes}{{ end }}`),
  ),
  nodes: fc.array(tie('node'), { maxLength: 3 }).map((nodes) => nodes.join('')),
}))

test('templates of the grammar end with a text or an error of the package', () => {
  const template = grammar.nodes.map((nodes) => `{{ $x := 1 }}${nodes}{{ define "t" }}{{ . }}{{ end }}`)
  fc.assert(
    fc.property(template, (text) => {
      expect(outcome(text)).toMatch(KNOWN)
    }),
    { numRuns: 2000 },
  )
})

test('garbage does too', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      '/*',
      '*/',
      '"',
      '`',
      "'",
      '(',
      ')',
      '|',
      '$',
      ':=',
      '=',
      ',',
      '.',
      '\\',
      '%',
    ),
    fc.constantFrom('if', 'else', 'end', 'range', 'with', 'define', 'template', 'block', 'break', 'nil', 'true'),
    fc.constantFrom(...names),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.integer().map(String),
    fc.double().map(String),
    fc.constant(' '),
  )
  const template = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(template, (text) => {
      expect(outcome(text)).toMatch(KNOWN)
    }),
    { numRuns: 4000 },
  )
})

test('text without actions is rendered as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.includes('{{'))
      expect(new TextDecoder().decode(render('config', text, {}))).toBe(text)
    }),
  )
})

test('values come out as they went in, whatever their bytes and names are', () => {
  const key = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('__proto__', 'constructor', 'toString', 'length'))
  fc.assert(
    fc.property(key, fc.uint8Array({ maxLength: 300 }), (name, value) => {
      const values = Object.fromEntries([[name, value]])
      const direct = render('config', `{{ index . ${JSON.stringify(name)} }}`, values)
      const ranged = render('config', '{{ range . }}{{ . | b64enc | b64dec }}{{ end }}', values)
      // A name that JSON writes otherwise than Go is not found by it.
      fc.pre(!/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name))
      expect(direct).toEqual(value)
      expect(ranged).toEqual(value)
    }),
  )
})
