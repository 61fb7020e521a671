import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readDocuments, writeJson, writeYaml } from '../../src/documents/index.ts'

const odd = fc.constantFrom(
  'yes',
  'NO',
  '~',
  'null',
  '0777',
  '1e3',
  '1_000',
  '12:30',
  '2024-01-02',
  '2001-12-14t21:59:43.10-05:00',
  '=',
  '<<',
  '',
  ' ',
  'a: b',
  'a #b',
  '#',
  '- a',
  '-',
  '?',
  'a:',
  "it's",
  '"',
  '\\',
  'a\nb',
  'a\nb\n',
  'a\n\n',
  '\na',
  ' a\nb',
  'a \n b',
  '\t',
  'a\tb\nc',
  '\r\n',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u0000',
  '🔑',
  '\ud800',
  'über',
  '---',
  '... x',
  '--- x',
  '%x',
  '@',
  '`',
  '!x',
  '&a',
  '*a',
  '{}',
  '[',
  '|',
  '>',
  ',',
  '.',
  '..',
  '+1',
  '0o7',
  '0b1',
  '.5',
  '1.',
  '-.inf',
  'true',
  'x'.repeat(200),
  `${'word '.repeat(60)}end`,
)
// A lone point is written unquoted, as Go does; the parser used here takes it for a YAML 1.1 number.
const text = fc
  .oneof(odd, fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 6 }))
  .filter((text) => text !== '.')
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('tree'),
      { maxKeys: 4 },
    ),
  ),
}))

describe('what is written is read back the same', () => {
  test.each(['1.1', '1.2'] as const)('by a parser of YAML %s', async (version) => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tree,
          { minKeys: 1, maxKeys: 4 },
        ),
        async (value) => {
          expect(parse(await writeYaml(value), { version, merge: false })).toEqual(value)
        },
      ),
      { numRuns: 1500 },
    )
  })

  test('by our own reader', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          text,
          { minKeys: 1, maxKeys: 4 },
        ),
        async (value) => {
          const [document] = await readDocuments(await writeYaml({ kind: 'Secret', stringData: value }))
          expect(document?.error).toBeUndefined()
          expect(document?.value).toEqual({ kind: 'Secret', stringData: value })
        },
      ),
      { numRuns: 1500 },
    )
  })
})

test('the form is that of Go programs', async () => {
  const value = { b: ['x', { d: 1, c: [] }], a: { key10: '1.10', key2: '', Key: 'a\nb\n' }, e: undefined, f: [['g']] }
  expect(await writeYaml(value)).toBe(
    'a:\n  Key: |\n    a\n    b\n  key2: ""\n  key10: "1.10"\nb:\n- x\n- c: []\n  d: 1\nf:\n- - g\n',
  )
})

test('scalars and empty collections stand alone', async () => {
  expect(await writeYaml({})).toBe('{}\n')
  expect(await writeYaml([])).toBe('[]\n')
  expect(await writeYaml('x')).toBe('x\n')
  expect(await writeYaml(null)).toBe('null\n')
})

test('JSON is written as Go writes it', () => {
  expect(writeJson({ a: '<&>\u2028', b: [] })).toBe('{\n  "a": "\\u003c\\u0026\\u003e\\u2028",\n  "b": []\n}\n')
})
