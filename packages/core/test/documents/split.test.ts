import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDocuments } from '../../src/documents/index.ts'

const raws = async (text: string): Promise<string[]> => (await readDocuments(text)).map(({ raw }) => raw)
const values = async (text: string): Promise<unknown[]> => (await readDocuments(text)).map(({ value }) => value)
const whole = async (text: string): Promise<string> =>
  (await readDocuments(text)).map(({ prefix, raw, suffix }) => prefix + raw + suffix).join('')

describe('separators', () => {
  test.each([
    ['plain', 'a: 1\n---\nb: 2\n', ['a: 1\n', 'b: 2\n']],
    ['with a comment', 'a: 1\n--- # next\nb: 2\n', ['a: 1\n', 'b: 2\n']],
    ['with spaces', 'a: 1\n---  \t\nb: 2\n', ['a: 1\n', 'b: 2\n']],
    ['with content', 'a: 1\n--- {b: 2}\n---\nc: 3', ['a: 1\n', '{b: 2}\n', 'c: 3']],
    ['document end', 'a: 1\n...\n---\nb: 2\n...\n', ['a: 1\n', 'b: 2\n']],
    ['document end alone', 'a: 1\n...\nb: 2\n', ['a: 1\n', 'b: 2\n']],
    ['directive', '%YAML 1.2\n---\na: 1\n...\n%TAG ! x\n---\nb: 2\n', ['a: 1\n', 'b: 2\n']],
    ['CRLF', 'a: 1\r\n---\r\nb: 2\r\n', ['a: 1\r\n', 'b: 2\r\n']],
    ['none at column 0', 'a: |\n  ---\n  x\nb: ----\n', ['a: |\n  ---\n  x\nb: ----\n']],
    ['empty documents', '---\n# only a comment\n---\n---\na: 1\n---\n', ['a: 1\n']],
    [
      'comments belong to their document',
      '# head\na: 1 # x\n# tail\n---\nb: 2\n',
      ['# head\na: 1 # x\n# tail\n', 'b: 2\n'],
    ],
    ['inside a literal block', 'a: |\n  x\n---\n  y\n', ['a: |\n  x\n', '  y\n']],
    ['no final newline', 'a: 1\n---', ['a: 1\n']],
    ['JSON between YAML', 'a: 1\n---\n{"b": 2}\n---\nc: 3\n', ['a: 1\n', '{"b": 2}\n', 'c: 3\n']],
    ['JSON stream', '{"a": 1}\n{"b":\n2}{"c": 3}', ['{"a": 1}\n', '{"b":\n2}', '{"c": 3}']],
  ])('%s', async (_name, text, expected) => {
    expect(await raws(text)).toEqual(expected)
    expect(await whole(text)).toBe(text)
  })

  test('nothing gives no documents', async () => {
    for (const text of ['', '\n \n', '---\n---\n', '# comment', '---', '...']) expect(await raws(text)).toEqual([])
  })

  test('lines are those of the whole text', async () => {
    const documents = await readDocuments('# c\n---\n\na: 1\n--- {b: 1}\n---\n{"c":\n1}\n{"d": 1}')
    expect(documents.map(({ line }) => line)).toEqual([3, 5, 7, 9])
  })

  test('whatever the text, its parts give it again', async () => {
    const line = fc.constantFrom(
      '---',
      '--- # c',
      '...',
      'a: 1',
      '{"a": 1}',
      '{"a"',
      '}',
      '# c',
      '',
      '%YAML 1.2',
      '--- x',
      ' - b',
      '\t',
      '"',
      '|',
      '--- {',
      '[1]',
    )
    const text = fc.tuple(fc.array(line, { maxLength: 9 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    const holds = fc.assert(
      fc.asyncProperty(text, async ([lines, end, last]) => {
        const joined = lines.join(end) + (last ? end : '')
        const parts = await whole(joined)
        // Without any document there is nothing to hang the text on.
        return parts === joined || parts === ''
      }),
      { numRuns: 300 },
    )
    await expect(holds).resolves.toBeUndefined()
  })
})

test('values of a mixed stream', async () => {
  expect(await values('a: x\n---\n{"b": [1, null, true, "\\u0041"]}\n---\n- c\n')).toEqual([
    { a: 'x' },
    { b: [1, null, true, 'A'] },
    ['c'],
  ])
})
