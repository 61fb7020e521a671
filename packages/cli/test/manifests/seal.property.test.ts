/** Random files through `waxseal seal`: everything but the Secrets stays byte for byte, and each Secret becomes one SealedSecret. */
import { fileURLToPath } from 'node:url'
import { asObject } from '@waxseal/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { COMMANDS } from '../../src/commands/index.ts'
import { waxsealWith } from '../../src/commands/waxseal.ts'
import { surroundings } from '../support/context.ts'

const CERT = fileURLToPath(new URL('../../../../test/vectors/keys/alpha.crt', import.meta.url))

/** Documents that are no Secrets, as people write them. */
const OTHERS = [
  '# comment: with "quotes" and \'others\'\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}   # odd spacing\ndata: {a: "1"}\n',
  'kind: Odd\ndefaults: &anchor\n    deep:   { x: [1,2,  3] }\n\nuses:\n  <<: *anchor\n  other: *anchor\n',
  'kind: Deployment\napiVersion: apps/v1\nspec:\n- a\n-   b: |+\n        text\n\n\n- "c"   \n',
  '? complex\n: value\nkind: Odd\n',
  'kind: Old\nanswer: yes\nmode: 0777\nlist: [~, 1e3, 017,]\n',
  'kind: Text\ntext: "a\n\n  b"\n\t\n# end of it\n',
  '{"apiVersion": "v1",   "kind": "ConfigMap"}\n',
]

/** One Secret in many hands. */
const SECRETS = [
  'apiVersion: v1\nkind: Secret\nmetadata:\n  name: NAME\n  namespace: shop\nstringData:\n  a: b\n',
  '# mine\nkind: Secret # yes\nstringData: {a: "b", c: \'d\'}\nmetadata: {name: NAME, namespace: shop}\napiVersion: v1\n',
  'apiVersion: v1\nkind: Secret\nmetadata:\n    name: "NAME"\n    namespace: shop\n    labels:\n        yes: "no"\ndata:\n    a: Yg==\n    b: |\n      Yg==\n',
  '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "NAME", "namespace": "shop"}, "data": {"a": "Yg=="}}\n',
  'metadata: &m\n  name: &n NAME\n  namespace: shop\n  labels: {app: *n}\napiVersion: v1\nkind: Secret\nstringData: {a: b}\n\n\n',
]

const BETWEEN = [
  '---\n',
  '---  # mark\n',
  '...\n---\n',
  '---\n# only a comment\n---\n',
  '...\n# end\n---\n',
  '---\n---\n',
]

interface Piece {
  readonly text: string
  readonly secret?: string
}

const document: fc.Arbitrary<{ readonly text: string; readonly isSecret: boolean }> = fc.oneof(
  fc.constantFrom(...OTHERS).map((text) => ({ text, isSecret: false })),
  fc.constantFrom(...SECRETS).map((text) => ({ text, isSecret: true })),
)

const files = fc
  .record({
    documents: fc.array(document, { minLength: 1, maxLength: 6 }),
    between: fc.array(fc.constantFrom(...BETWEEN), { minLength: 6, maxLength: 6 }),
    // A comment in the Secret's own document goes with it: it may say what the values were.
    head: fc.constantFrom('', '# head\n---\n', '---\n', '%YAML 1.2\n---\n', '\n\n---\n', '--- # first\n'),
    end: fc.constantFrom('', '...\n', '---\n', '---\n# end\n', '...\n# end'),
    windows: fc.boolean(),
  })
  .filter(({ documents }) => documents.some(({ isSecret }) => isSecret))
  .map(({ documents, between, head, end, windows }): readonly Piece[] => {
    const pieces = documents.flatMap(({ text, isSecret }, index): Piece[] => [
      { text: index === 0 ? head : (between[index] ?? '---\n') },
      isSecret
        ? { text: text.replace('NAME', `s-${index}`), secret: `s-${index}` }
        : { text: `# id-${index}\n${text}` },
    ])
    const all = [...pieces, { text: end }]
    return windows ? all.map((piece) => ({ ...piece, text: piece.text.replaceAll('\n', '\r\n') })) : all
  })

test('what is no Secret stays as it is, byte for byte', async () => {
  const property = fc.asyncProperty(files, async (pieces) => {
    const text = pieces.map((piece) => piece.text).join('')
    const { context, stdout } = surroundings(text)
    await waxsealWith(COMMANDS)(['seal', '--cert', CERT], context)
    const sealed = partsBetween(stdout(), kept(pieces))
    const names = pieces.flatMap(({ secret }) => secret ?? [])
    expect(sealed.map(readers)).toEqual(names.map((name) => [name, name]))
    expect(stdout().includes('\r\n')).toBe(text.includes('\r\n'))
  })
  await fc.assert(property, { numRuns: 200 })
})

test('without Secrets nothing is changed, and that is an error', async () => {
  const { context, stdout } = surroundings(OTHERS.join('---\n'))
  await expect(waxsealWith(COMMANDS)(['seal', '--cert', CERT], context)).rejects.toThrow(/no Secret in the input/)
  expect(stdout()).toBe('')
})

/** The texts around the Secrets, in order: one more than there are Secrets. */
function kept(pieces: readonly Piece[]): readonly string[] {
  const texts: string[] = ['']
  for (const { text, secret } of pieces) {
    if (secret === undefined) texts.push((texts.pop() ?? '') + text)
    else texts.push('')
  }
  return texts
}

/** What stands between texts that follow each other in a whole; throws where one is missing or not in its place. */
function partsBetween(whole: string, [first = '', ...texts]: readonly string[]): readonly string[] {
  if (!whole.startsWith(first)) throw new Error(`does not begin with ${JSON.stringify(first)}`)
  let at = first.length
  return texts.map((text, index) => {
    const next = index === texts.length - 1 ? whole.length - text.length : whole.indexOf(text, at)
    if (next < at || !whole.startsWith(text, next)) throw new Error(`${JSON.stringify(text)} is not there`)
    const part = whole.slice(at, next)
    at = next + text.length
    return part
  })
}

/** The name of the one SealedSecret in a text, as readers of YAML 1.1 and 1.2 see it. */
function readers(text: string): readonly unknown[] {
  return (['1.1', '1.2'] as const).map((version) => {
    const [one, ...others] = parseAllDocuments(text, { version })
    const value: unknown = one === undefined || 'empty' in one ? undefined : one.toJS()
    const { kind, metadata } = asObject(value, 'a document')
    expect({ kind, others: others.length }).toEqual({ kind: 'SealedSecret', others: 0 })
    return asObject(metadata, 'metadata').name
  })
}
