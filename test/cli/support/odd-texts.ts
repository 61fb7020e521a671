/** A manifest full of texts that readers of YAML 1.1 would take for something else, were they not quoted. */
import { asObject, isObject } from '@waxseal/core'
import { CERT, type Sandbox } from './sandbox.ts'

/** Numbers, booleans, nulls, dates, times and marks of YAML 1.1 (yaml.org/type), and what has a meaning in YAML's syntax. */
const TEXTS: readonly string[] = [
  ...['yes', 'No', 'ON', 'off', 'y', 'N', 'true', 'FALSE', '~', 'null', 'Null', 'NULL', ''],
  ...['017', '0o17', '0777', '0x1F', '0b11', '1_000', '+1', '-1', '1.', '.5', '1e3', '1E+3', '-1.5e-3', '1_0.5', '0.0'],
  ...[
    '.inf',
    '-.INF',
    '.NaN',
    '190:20:30',
    '12:30',
    '-1:59',
    '1:20.5',
    '2001-12-14',
    '2001-12-14t21:59:43.10-05:00',
    '2001-12-14 21:59:43',
  ],
  ...[
    '=',
    '<<',
    '---',
    '...',
    '--- x',
    '- a',
    '-',
    '?',
    '? a',
    ':',
    'a:',
    'a: b',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
    '!!str a',
  ],
  ...['|', '>', '|-', '%a', '@a', '`a', '{}', '[]', '{', ']', ',', "'", '"', '\\', "it's", 'a"b', `\${A}`, '{{ .a }}'],
  ...[
    ' a',
    'a ',
    ' ',
    '\t',
    'a\tb',
    'a\nb',
    'a\nb\n',
    'a\n\n',
    '\na',
    ' a\nb',
    'a\n  b\n c',
    'a\r\nb',
    'é',
    '😀',
    '١٢',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u00a0',
    '\u007f',
  ],
  ...['x'.repeat(200), `${'word '.repeat(60)}end`],
]

/** Keys of an annotation, of a label and of a value that are such texts, too. */
const KEYS: readonly string[] = [
  'yes',
  'NO',
  'y',
  'on',
  'null',
  'true',
  '017',
  '0x1F',
  '1_000',
  '1e3',
  '1.5',
  '2001-12-14',
  '.inf',
  '0b11',
  '-1',
]

/** What every reader must see, as JSON. */
export interface Expected {
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly keys: readonly string[]
}

export const expected: Expected = {
  annotations: {
    ...Object.fromEntries(TEXTS.map((text, index) => [`k${index}`, text])),
    ...Object.fromEntries(KEYS.map((key) => [key, key])),
  },
  labels: Object.fromEntries(KEYS.filter((key) => !/^[-.]/.test(key)).map((key) => [key, key])),
  keys: KEYS,
}

/** Writes `sealed.yaml`: a Secret sealed, and then its keys set once more one by one in the file. */
export async function sealOddTexts(box: Sandbox): Promise<void> {
  const { annotations, labels, keys } = expected
  const data = Object.fromEntries(keys.slice(0, 8).map((key) => [key, 'YQ==']))
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'odd', namespace: 'shop', annotations, labels },
    data,
  }
  const sealed = await box.waxseal(['seal', '--cert', CERT, '-o', 'yaml', '-w', 'sealed.yaml'], {
    stdin: JSON.stringify(secret),
  })
  if (sealed.code !== 0) throw new Error(sealed.stderr)
  box.write('value', 'v')
  const set = await box.waxseal([
    'set',
    '--cert',
    CERT,
    'sealed.yaml',
    '--',
    ...keys.slice(4).map((key) => `${key}=value`),
  ])
  if (set.code !== 0) throw new Error(set.stderr)
}

/** The same of a SealedSecret that some reader gave back as JSON. */
export function seen(json: unknown): Expected {
  const spec = asObject(asObject(json, 'the document').spec, 'spec')
  const metadata = asObject(asObject(spec.template, 'template').metadata, 'metadata')
  return {
    annotations: texts(metadata.annotations),
    labels: texts(metadata.labels),
    keys: Object.keys(texts(spec.encryptedData)).toSorted(byPlace),
  }
}

function byPlace(a: string, b: string): number {
  return KEYS.indexOf(a) - KEYS.indexOf(b)
}

/** Throws where a value is no text. */
function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new Error('no mapping')
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw new Error(`${key} was read as ${typeof text}`)
      return [key, text]
    }),
  )
}
