import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SyntaxProblem } from '../../src/documents/json.ts'
import { readPlainYaml } from '../../src/documents/plain.ts'
import { readTree } from '../../src/documents/tree.ts'
import * as yaml from '../../src/documents/yaml-package.ts'

const limits = { maxDepth: 100, maxAliasNodes: 100 }

/** The real parser's reading; undefined where it refuses the text. */
function slowly(text: string): unknown {
  try {
    return readTree(yaml, text, limits).value
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined
    throw error
  }
}

const manifest = `# a Secret
apiVersion: v1
kind: Secret
metadata:
  name: a
  labels:
    app.kubernetes.io/name: "x"

type: Opaque
stringData:
  a: plain text, with: colon
  b: 'it''s'
  c: |
    line one

      line two
  d: |-
    no newline
  e: value  # not part
`

test('an ordinary manifest is read without the parser', () => {
  const text = manifest.replace(', with: colon', '').replace('  # not part', '')
  expect(readPlainYaml(text)).toMatchObject({
    kind: 'Secret',
    stringData: { b: "it's", c: 'line one\n\n  line two\n', d: 'no newline' },
  })
  expect(readPlainYaml(text)).toEqual(slowly(text))
})

describe('left to the parser', () => {
  test.each([
    'a: [b]',
    'a: {b: c}',
    'a: &x b',
    'a: *x',
    'a: !!str b',
    'a: >\n  b',
    'a: b\n  c',
    'a:\n- b',
    'a: "x\\ny"',
    'a: b: c',
    'a: b #c',
    'a:\tb',
    'a: ü',
    '? a\n: b',
    'a: b\na: c',
    'yes: b',
    ' a: b\nc: d',
    'a: %x',
    'a: |2\n  b',
    '"a',
    'a',
    '- a',
    '__proto__: x',
    'a: `b`',
    'a: @b',
    'a: b:',
    'a: - b',
  ])('%j', (text) => {
    expect(readPlainYaml(text)).toBeUndefined()
  })
})

test('the two readers agree on everything that the fast one reads', () => {
  const indent = fc.constantFrom('', '', '  ', '    ', '   ')
  const key = fc.constantFrom('a', 'b', 'c', 'data', '"q"', "'s'", 'x.y/z', 'yes', '1', '-', '.')
  const value = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '|',
      '|-',
      '|+',
      '>',
      '|  ',
      '""',
      "''",
      "'a''b'",
      '"a" # c',
      '# c',
      'x #c',
      'x#c',
      'x: y',
      'x:y',
      'null',
      '~',
      '0777',
      'yes',
      '2024-01-01',
      '-1',
      '-x',
      '- x',
      '--- x',
      '...',
      '{}',
      '[]',
      '&a b',
      '*a',
      '!t b',
      '%d',
      '@x',
      '`x`',
      '"a',
      "'a",
      '"a"b',
      'a\tb',
      'a  ',
      '=',
      '<<',
      '?',
      '? x',
      ':',
      'a:',
      '<x',
      '>x',
      '|x',
      '+1',
      '.5',
      '/p',
    ),
    fc.stringMatching(/^[ -~]{0,12}$/),
  )
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(indent, key, value).map(([space, name, text]) => `${space}${name}: ${text}`) },
    { weight: 2, arbitrary: fc.tuple(indent, key).map(([space, name]) => `${space}${name}:`) },
    { weight: 2, arbitrary: fc.tuple(indent, fc.stringMatching(/^[ -~]{0,6}$/)).map(([space, text]) => space + text) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '     ', '# c', '  # c', '    # c') },
  )
  let read = 0
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 7 }), fc.boolean(), (lines, newline) => {
      const text = lines.join('\n') + (newline ? '\n' : '')
      const fast = readPlainYaml(text)
      if (fast === undefined) return
      read += 1
      expect(fast).toEqual(slowly(text))
    }),
    { numRuns: 20_000 },
  )
  expect(read).toBeGreaterThan(500)
})
