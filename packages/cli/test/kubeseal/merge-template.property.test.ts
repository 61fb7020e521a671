/** Labels and annotations merged into a template: whatever was there stays, whatever the style of the file. */
import { field, isObject, type JsonObject } from '@waxseal/core'
import { readDocuments } from '@waxseal/core/documents'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ManifestFile } from '../../src/inplace/file.ts'
import { pickTarget } from '../../src/inplace/target.ts'
import { mergeTemplate } from '../../src/kubeseal/merge-template.ts'

const key = fc.stringMatching(/^[a-z]{1,6}(\.io\/[a-z]{1,4})?$/)
const text = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    '017',
    '1e3',
    '~',
    'null',
    '2020-01-01',
    ' a',
    "it's",
    'a: b',
    '- x',
    '#c',
    'a #b',
    '{',
    '"q"',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ maxLength: 200 }),
)
/** A dot alone is text to Go, kubectl and PyYAML, and written as Go does; only this reader takes it for a number of YAML 1.1. */
const texts = fc.dictionary(
  key,
  text.filter((each) => each !== '.'),
  { maxKeys: 3 },
)
const layout = fc.constantFrom('block', 'flow', 'empty', 'null', 'none', 'no metadata', 'no template', 'json')

type Texts = Readonly<Record<string, string>>

const HEAD = `# head
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: shop} # who
spec:
  encryptedData:
    a: AAAA # one
`

function block(name: string, entries: Texts): string {
  const lines = Object.entries(entries).map(([label, value]) => `        ${label}: ${JSON.stringify(value)} # kept\n`)
  return lines.length === 0 ? '' : `      ${name}:\n${lines.join('')}`
}

/** A file of that layout, with these labels where the layout has a place for them. */
function written(kind: string, labels: Texts): string {
  const meta = { labels, annotations: {} }
  const json = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { encryptedData: { a: 'AAAA' }, template: { metadata: meta } },
  }
  const spec: Readonly<Record<string, string>> = {
    block: `  template:\n    type: Opaque\n    metadata:\n      name: db\n${block('labels', labels)}`,
    flow: `  template: {type: Opaque, metadata: ${JSON.stringify(meta)}} # flow\n`,
    empty: '  template:\n    metadata: {} # nothing\n',
    null: '  template:\n    metadata: # nothing\n    type: Opaque\n',
    none: '  template:\n    metadata:\n      labels: ~ # nothing\n',
    'no metadata': '  template:\n    type: Opaque # only\n',
    'no template': '',
  }
  return kind === 'json' ? `${JSON.stringify(json, undefined, 4)}\n` : `${HEAD}${spec[kind]}`
}

async function fileOf(content: string): Promise<ManifestFile> {
  const documents = await readDocuments(content)
  return { path: 't.yaml', isStream: false, bytes: Buffer.from(content), documents, encode: (out) => Buffer.from(out) }
}

function mappingAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = path.reduce<unknown>((at, step) => (isObject(at) ? field(at, step) : undefined), value)
  return isObject(found) ? found : {}
}

/** What a reader of that YAML version sees: labels, annotations, and all the rest. */
function seen(content: string, version: '1.1' | '1.2'): readonly [JsonObject, JsonObject, unknown] {
  const value: unknown = parse(content, { version })
  const metadata = mappingAt(value, 'spec', 'template', 'metadata')
  const others = Object.entries(metadata).filter(([name]) => name !== 'labels' && name !== 'annotations')
  const template = { ...mappingAt(value, 'spec', 'template'), metadata: others }
  const rest = { ...mappingAt(value), spec: { ...mappingAt(value, 'spec'), template } }
  return [mappingAt(metadata, 'labels'), mappingAt(metadata, 'annotations'), rest]
}

test('labels and annotations are added and replaced, and nothing else changes', async () => {
  const property = fc.asyncProperty(layout, texts, texts, texts, async (kind, old, labels, annotations) => {
    const before = written(kind, old)
    const file = await fileOf(before)
    const target = pickTarget(file, { name: undefined, namespace: undefined })
    const after = await mergeTemplate(file, target, before, { labels, annotations })
    for (const version of ['1.1', '1.2'] as const) {
      const [oldLabels, oldAnnotations, rest] = seen(before, version)
      const expected = [{ ...oldLabels, ...labels }, { ...oldAnnotations, ...annotations }, rest]
      expect(seen(after, version)).toEqual(expected)
    }
    const comments = before.match(/ # (?!kept).*$/gm) ?? []
    expect(comments.filter((comment) => !after.includes(comment))).toEqual([])
    const isSame = Object.keys({ ...labels, ...annotations }).length === 0
    expect(after === before || !isSame).toBe(true)
  })
  await fc.assert(property, { numRuns: 300 })
})
