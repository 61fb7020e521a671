/** Random manifest files around one SealedSecret, in pieces, so that a test knows which part of the text is which entry. */
import * as fc from 'fast-check'

export interface Piece {
  readonly text: string
  /** The piece is this entry of spec.encryptedData. */
  readonly key?: string
}

export interface Sample {
  readonly format: 'json' | 'yaml'
  readonly pieces: readonly Piece[]
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('')
}

const KEYS = ['a', 'B', 'c.txt', 'key10', 'key2', 'tls.crt', '_x', 'yes', '017', 'null', '-dash', 'z']
const SEALED = 'AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq/0123456789abcdefghijklmnopqrstuvwxyz=='

const OTHERS = [
  '# comment: with "quotes" and \'others\'\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}   # odd spacing\ndata: {a: "1"}\n',
  'defaults: &anchor\n    deep:   { x: [1,2,  3] }\n\nuses:\n  <<: *anchor\n  other: *anchor\n',
  'kind: Deployment\nspec:\n- a\n-   b: |+\n        text\n\n\n- "c"   \n',
  'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: other\nspec:\n  encryptedData:\n    a: AgBy\n',
  '? complex\n: value\n',
]
const BETWEEN = ['---\n', '---  # mark\n', '...\n---\n', '---\n# only a comment\n---\n', '...\n# end\n---\n']

const comment = fc.constantFrom('', '', '# note: x\n', ' # odd\n', '\n', '\n# two\n\n')
const trailing = fc.constantFrom('', '', ' # trailing', '   #', '  ')

/** A YAML value as a person may have written it. `indent`: where a further line may begin. */
const value = fc.constantFrom<(indent: string) => string>(
  () => SEALED,
  () => `"${SEALED}"`,
  () => `'${SEALED}'`,
  (indent) => `|-\n${indent}  ${SEALED}\n${indent}  more`,
  (indent) => `>\n${indent} ${SEALED}`,
  (indent) => `\n${indent}  ${SEALED}`,
  (indent) => `"${SEALED}\n${indent}  ${SEALED}"`,
)

const keys = fc.subarray(KEYS, { minLength: 1 }).chain((some) => fc.shuffledSubarray(some, { minLength: some.length }))
const order = fc.constantFrom<(keys: string[]) => string[]>(
  (some) => some,
  (some) => some.toSorted(),
)

function quoted(key: string, quote: string): string {
  return quote === '' && /^(yes|null|[-0-9])/.test(key) ? `"${key}"` : quote + key + quote
}

const block: fc.Arbitrary<Piece[]> = fc
  .record({
    keys,
    order,
    step: fc.constantFrom('  ', ' ', '    ', '       '),
    quote: fc.constantFrom('', '', '"', "'"),
    extras: fc.array(fc.record({ comment, trailing, value }), { minLength: KEYS.length, maxLength: KEYS.length }),
    head: fc.constantFrom('', ' # values', ' !!map'),
    last: fc.boolean(),
  })
  .map((sample) => {
    const { step, quote, extras, head, last } = sample
    const indent = step + step
    const entries = sample.order(sample.keys).flatMap((key, i): Piece[] => {
      const extra = extras[i]
      const written = extra?.value(indent) ?? SEALED
      const end = written.startsWith('|') || written.startsWith('>') ? '' : (extra?.trailing ?? '')
      return [
        { text: extra?.comment ?? '' },
        { text: `${indent}${quoted(key, quote)}: ${written}${end}\n`.replaceAll(': \n', ':\n'), key },
      ]
    })
    const meta = `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n${step}name: db\n${step}namespace: shop\n`
    const after = `${step}template:\n${step}${step}type: Opaque # x\n`
    const items: Piece[] = [{ text: `${step}encryptedData:${head}\n` }, ...entries]
    const spec = last ? [{ text: after }, ...items] : [...items, { text: after }]
    return [{ text: `${meta}spec:\n` }, ...spec]
  })

const flow: fc.Arbitrary<Piece[]> = fc
  .record({ keys, order, lines: fc.boolean(), comma: fc.boolean() })
  .map((sample) => {
    const [open, gap, close] = sample.lines ? ['{\n      ', '\n      ', '\n    }'] : ['{', ' ', ' }']
    const names = sample.order(sample.keys)
    const entries = names.map((key, i): Piece => {
      const comma = i < names.length - 1 || sample.comma ? ',' : ''
      return { text: `${quoted(key, '"')}: ${SEALED}${comma}${i < names.length - 1 ? gap : ''}`, key }
    })
    const meta =
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: db, namespace: shop } # meta\n'
    return [{ text: `${meta}spec:\n    encryptedData: ${open}` }, ...entries, { text: `${close}  # done\n` }]
  })

const json: fc.Arbitrary<Sample> = fc
  .record({ keys, order, space: fc.constantFrom(0, 2, 4, '\t'), end: fc.constantFrom('\n', '') })
  .map(({ keys: names, order: sort, space, end }) => {
    const encryptedData = Object.fromEntries(sort(names).map((key) => [key, SEALED]))
    const object = {
      kind: 'SealedSecret',
      apiVersion: 'bitnami.com/v1alpha1',
      metadata: { name: 'db', namespace: 'shop' },
      spec: { encryptedData, template: { type: 'Opaque' } },
    }
    return { format: 'json', pieces: [{ text: JSON.stringify(object, undefined, space) + end }] }
  })

const yaml: fc.Arbitrary<Sample> = fc
  .record({
    target: fc.oneof(block, flow),
    before: fc.array(fc.tuple(fc.constantFrom(...OTHERS), fc.constantFrom(...BETWEEN)), { maxLength: 2 }),
    after: fc.array(fc.tuple(fc.constantFrom(...BETWEEN), fc.constantFrom(...OTHERS)), { maxLength: 2 }),
    head: fc.constantFrom('', '# head\n', '---\n', '%YAML 1.2\n---\n'),
    windows: fc.boolean(),
    open: fc.boolean(),
  })
  .map(({ target, before, after, head, windows, open }): Sample => {
    const pieces = [{ text: head }, { text: before.flat().join('') }, ...target, { text: after.flat().join('') }]
    const lines = pieces.map((piece) => ({
      ...piece,
      text: windows ? piece.text.replaceAll('\n', '\r\n') : piece.text,
    }))
    const last = lines.findLastIndex(({ text }) => text !== '')
    const isOpen = open && lines[last]?.key === undefined
    return {
      format: 'yaml',
      pieces: lines.map((piece, i) => (isOpen && i === last ? { ...piece, text: piece.text.trimEnd() } : piece)),
    }
  })

export const samples: fc.Arbitrary<Sample> = fc.oneof({ weight: 4, arbitrary: yaml }, { weight: 1, arbitrary: json })
export const anyKey: fc.Arbitrary<string> = fc.constantFrom(...KEYS, 'new', 'A0', '9', '.hidden')
export const newValue = 'AgNEW+/value0123456789abcdefghijklmnopqrstuvwxyz/0123456789abcdef=='
