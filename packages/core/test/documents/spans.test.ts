import { describe, expect, test } from 'vitest'
import { readSpans, type ValueSpan } from '../../src/documents/index.ts'

const TEXT = `# head
a: plain # c
"b": 'single'
? c
: &x !!str "double"
d: |-
  literal
e: # nothing
f:
  - *x
  - {g: 1, h: , "i": [2]}
`

/** What the spans cut out of the text: the value, and for entries what stands where `after` and `comma` point. */
function cut(raw: string, span: ValueSpan): unknown {
  const { form, entries, items } = span
  if (form === 'list') return items.map((item) => cut(raw, item))
  if (form !== 'block' && form !== 'flow') return [form, raw.slice(span.start, span.end).replaceAll('\r\n', '\n')]
  const parts = entries.map(({ key, keySpan, start, after, comma, value }) => [
    key,
    {
      written: raw.slice(start, keySpan.end),
      before: raw.slice(keySpan.end, after).replaceAll('\r\n', '\n'),
      comma: raw[comma ?? -1],
      value: cut(raw, value),
    },
  ])
  return Object.fromEntries(parts)
}

describe('readSpans', () => {
  test.for(['\n', '\r\n'])('YAML with line ends %j', async (end) => {
    const raw = TEXT.replaceAll('\n', end)
    const spans = await readSpans({ raw, format: 'yaml' })
    expect(spans && cut(raw, spans)).toEqual({
      a: { written: 'a', before: ':', comma: undefined, value: ['plain', 'plain'] },
      b: { written: '"b"', before: ':', comma: undefined, value: ['single', "'single'"] },
      c: { written: '? c', before: '\n: &x !!str', comma: undefined, value: ['double', '"double"'] },
      d: { written: 'd', before: ':', comma: undefined, value: ['literal', '|-\n  literal\n'] },
      e: { written: 'e', before: ':', comma: undefined, value: ['empty', ''] },
      f: {
        written: 'f',
        before: ':',
        comma: undefined,
        value: [
          ['alias', '*x'],
          {
            g: { written: 'g', before: ':', comma: ',', value: ['plain', '1'] },
            h: { written: 'h', before: ':', comma: ',', value: ['empty', ''] },
            i: { written: '"i"', before: ':', comma: undefined, value: [['plain', '2']] },
          },
        ],
      },
    })
  })

  test('JSON with white space that YAML would not take', async () => {
    const raw = '{\r\n\t"a"\t:\r\n\t{"b":"c"\n,\t"d": null}}'
    const spans = await readSpans({ raw, format: 'json' })
    expect(spans && cut(raw, spans)).toEqual({
      a: {
        written: '"a"',
        before: '\t:',
        comma: undefined,
        value: {
          b: { written: '"b"', before: ':', comma: ',', value: ['double', '"c"'] },
          d: { written: '"d"', before: ':', comma: undefined, value: ['plain', 'null'] },
        },
      },
    })
  })

  test('nothing', async () => {
    expect(await readSpans({ raw: '# only a comment\n', format: 'yaml' })).toBeUndefined()
  })
})
