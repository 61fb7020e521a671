import { describe, expect, test } from 'vitest'
import { readDocuments } from '../../src/documents/index.ts'
import { parseSecret, type WaxsealError } from '../../src/index.ts'
import { codeOf } from '../scenarios/expect.ts'

async function errorOf(text: string, limits = {}): Promise<WaxsealError | undefined> {
  return (await readDocuments(text, limits)).find(({ error }) => error !== undefined)?.error
}

const secret = (body: string): string => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n${body}\n`

describe('texts that are refused', () => {
  test.each([
    ['duplicate key', 'a: 1\nb: 2\na: 3\n', /document 1, line 3: duplicate key "a"/],
    ['duplicate key, nested', secret('stringData:\n  p: x\n  p: y'), /line 7: duplicate key "p"/],
    ['duplicate key in JSON', '{"a": 1,\n"a": 2}', /document 1, line 2: duplicate key "a"/],
    ['stray brace', '{"a": 1}}', /document 2, line 1: unexpected }/],
    ['stray comma', '{"a": 1},', /document 2, line 1: unexpected ,/],
    ['broken JSON after good', '{"a": 1}\n{"b": \n', /document 2, line 3: unexpected end/],
    ['broken JSON', '{"a": 1,}x', /document 1, line 1: /],
    ['unclosed flow', 'x: 1\n---\nfoo: [\n', /document 2, line 4: not valid YAML/],
    ['tab as indentation', 'a:\n\tb: 1\n', /document 1, line 2: a tab is used to indent/],
    ['two values', 'a: b: c\n', /line 1: not valid YAML/],
    ['alias without anchor', 'a: *x\n', /line 1: /],
    ['recursive alias', 'a: &x\n  b: *x\n', /line 2: an alias inside its own anchor/],
    ['deep nesting', `${'['.repeat(5000)}${']'.repeat(5000)}`, /nested too deeply/],
    ['deep nesting in JSON', `{"a": ${'['.repeat(5000)}${']'.repeat(5000)}}`, /nested too deeply/],
    ['deep block nesting', Array.from({ length: 150 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /nested too deeply/],
  ])('%s', async (_name, text, message) => {
    const error = await errorOf(text)
    expect(error?.code).toBe('bad-document')
    expect(error?.message).toMatch(message)
  })

  test('an alias bomb is refused quickly', async () => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`)
    const start = performance.now()
    expect((await errorOf(`l0: &l0 [x]\n${levels.join('\n')}\n`))?.message).toMatch(/aliases stand for too much/)
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('sizes are bounded, document by document', async () => {
    const documents = await readDocuments(`a: ${'x'.repeat(4 * 1024 * 1024)}\n---\nb: 1\n`)
    expect(documents[0]?.error?.message).toBe('document 1, line 1: larger than 3 MiB')
    expect(documents[1]?.value).toEqual({ b: 1 })
    expect(await codeOf(() => readDocuments('x'.repeat(2000), { maxText: 1000 }))).toBe('bad-document')
  })

  test('no message quotes the text', async () => {
    const texts = [
      'password: "hunter2\n',

      'hunter2: [',
      'a: hunter2: b',
      'a: !hunter2 {',
      '{"a": "hunter2\\q"}',
    ]
    for (const text of texts) {
      const error = await errorOf(text)
      expect(error?.message).toBeDefined()
      expect(`${error?.message} ${error?.hint}`).not.toContain('hunter2')
      expect(error?.cause).toBeUndefined()
    }
  })
})

test('what goes to the full YAML parser can be limited, for all documents together', async () => {
  const text = 'a: [1, 2]\n---\nb: plain\n---\nc: [1]\n---\n{"d": [1, 2, 3, 4, 5, 6]}\n'
  const documents = await readDocuments(text, { maxYaml: 12 })
  expect(documents.map(({ error }) => error?.message)).toEqual([
    undefined,
    undefined,
    'document 3, line 5: YAML of more than 12 characters',
    undefined,
  ])
})

describe('what kubectl users write is understood', () => {
  test.each([
    [
      'anchors and merges',
      'a: &x {p: q, r: s}\nb:\n  <<: *x\n  r: t\n',
      { a: { p: 'q', r: 's' }, b: { p: 'q', r: 't' } },
    ],
    ['folded and literal', 'a: >-\n  one\n  two\nb: |+\n  x\n\nc: "d\\te"\n', { a: 'one two', b: 'x\n\n', c: 'd\te' }],
    ['CRLF in a literal block', 'a: |\r\n  one\r\n  two\r\n', { a: 'one\ntwo\n' }],
    ['flow style', '{kind: Secret, stringData: {a: b}}', { kind: 'Secret', stringData: { a: 'b' } }],
    ['JSON with a comment', '# c\n{"a": 1}\n', { a: 1 }],
    ['quoted keys', '"a b": x\n? c\n: d\n', { 'a b': 'x', c: 'd' }],
    ['a text tag', 'a: !!str 123\n', { a: '123' }],
    ['exotic documents of other kinds', 'at: !custom {1: 2, z: n}\n', { at: { 1: 2, z: false } }],
    ['inherited names', '__proto__: x\nconstructor: z\n', JSON.parse('{"__proto__":"x","constructor":"z"}')],
  ])('%s', async (_name, text, value) => {
    const [document] = await readDocuments(text)
    expect(document?.error).toBeUndefined()
    expect(JSON.stringify(document?.value)).toBe(JSON.stringify(value))
  })
})

describe('a secret is never altered: what versions of YAML read differently is refused', () => {
  const unquoted = [
    'yes',
    'No',
    'on',
    'y',
    'N',
    'true',
    '42',
    '-7',
    '1.50',
    '1e3',
    '0777',
    '0o17',
    '0x1F',
    '0b101',
    '1_000',
    '+491701234567',
    '12345678901234567890',
    '.5',
    '.inf',
    '-.INF',
    '.nan',
    '0123456789',
    '1234567e8',
  ]
  test.each(unquoted)('%s', async (text) => {
    const [document] = await readDocuments(secret(`stringData:\n  p: ${text}`))
    expect(() => parseSecret(document?.value)).toThrow(/stringData\.p: must be text/)
    const [quoted] = await readDocuments(secret(`stringData:\n  p: '${text}'`))
    expect(new TextDecoder().decode(parseSecret(quoted?.value).data.get('p')?.reveal())).toBe(text)
  })

  test.each([
    '2024-01-02',
    '12:30:45',
    '00:11:22:33',
    '1.2.3',
    '0x',
    '1e',
    '0b2',
    'yess',
    'a_1',
    '192.168.0.1',
    '=',
    '1,5',
  ])('%s is text to all', async (text) => {
    const [document] = await readDocuments(secret(`stringData:\n  p: ${text}`))
    expect(new TextDecoder().decode(parseSecret(document?.value).data.get('p')?.reveal())).toBe(text)
  })

  test('a boolean key has the name that it gets in the cluster', async () => {
    const [document] = await readDocuments(secret('stringData:\n  yes: a'))
    expect([...parseSecret(document?.value).data.keys()]).toEqual(['true'])
  })

  test.each([
    [
      'duplicate keys in other words',
      'stringData:\n  yes: a\n  on: b',
      /line 7: duplicate key "true", one of them not a string/,
    ],
    ['number keys', 'stringData:\n  1.10: a', /line 6: the key "1.10" is not a string: put it in quotes/],
    ['tags', 'stringData:\n  a: !!binary aGk=', /line 6: the tag .*binary.* may change a value/],
    ['merges in doubt', 'x: &x {p: q}\nstringData:\n  p: a\n  <<: *x', /the key "p" is both written and merged/],
    ['old line separators', 'stringData:\n  a: "x\u2028y"', /line 6: a line separator/],
  ])('%s', async (_name, body, message) => {
    expect((await errorOf(secret(body)))?.message).toMatch(message)
  })
})
