/** Random files through set and rm: everything but the entry stays byte for byte, and every reader sees the change and nothing else. */
import { asObject, isObject } from '@waxseal/core'
import { readDocuments } from '@waxseal/core/documents'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { applyValues } from '../../src/inplace/apply.ts'
import type { ManifestFile } from '../../src/inplace/file.ts'
import { pickTarget } from '../../src/inplace/target.ts'
import { anyKey, newValue, type Sample, samples, textOf } from './documents.ts'

const RUNS = { numRuns: 300 }

test('set', async () => {
  const property = fc.asyncProperty(samples, anyKey, async (sample, key) => {
    const text = textOf(sample.pieces)
    const result = await change(text, { [key]: newValue })
    expect(readings(result)).toEqual(readings(text, (items) => ({ ...items, [key]: newValue })))
    expect(keepsTheRest(sample, key, result)).toBe(true)
    expect(lineEnds(result)).toEqual(lineEnds(text))
  })
  await fc.assert(property, RUNS)
})

test('rm', async () => {
  const property = fc.asyncProperty(samples, fc.nat(), async (sample, choice) => {
    const text = textOf(sample.pieces)
    const keys = keysOf(sample)
    const key = keys[choice % keys.length] ?? ''
    const result = await change(text, { [key]: undefined })
    expect(readings(result)).toEqual(readings(text, (items) => without(items, key)))
    expect(
      [textOf(others(sample, key)), emptied(sample, key)].some((wanted) =>
        same(sample, sample.format === 'json' ? withoutJson(text, key) : wanted, result),
      ),
    ).toBe(true)
  })
  await fc.assert(property, RUNS)
})

test('set and rm again give the same text', async () => {
  const property = fc.asyncProperty(samples, async (sample) => {
    const text = textOf(sample.pieces)
    expect(await change(await change(text, { brandnew: newValue }), { brandnew: undefined })).toBe(text)
  })
  await fc.assert(property, RUNS)
})

async function change(text: string, values: Readonly<Record<string, string | undefined>>): Promise<string> {
  const file: ManifestFile = {
    path: 'f.yaml',
    isStream: false,
    bytes: Buffer.from(text),
    documents: await readDocuments(text),
    encode: (each) => Buffer.from(each),
  }
  const target = pickTarget(file, { name: 'db', namespace: 'shop' })
  const entries = Object.entries(values)
  const set = entries.filter((entry): entry is [string, string] => entry[1] !== undefined)
  const removed = entries.filter(([, value]) => value === undefined).map(([key]) => key)
  return applyValues(file, target, { set: new Map(set), removed, sealedWith: undefined })
}

/** The kinds of line ends that a text has. */
function lineEnds(text: string): string[] {
  return [...new Set(text.match(/\r?\n/g))]
}

type Items = Readonly<Record<string, unknown>>

function without(items: Items, key: string): Items {
  return Object.fromEntries(Object.entries(items).filter(([name]) => name !== key))
}

/** All documents as readers of YAML 1.1 and 1.2 see them, the values of the SealedSecret `db` changed. */
function readings(text: string, changed: (items: Items) => Items = (items) => items): unknown[] {
  return (['1.1', '1.2'] as const).map((version) => {
    // A directive in the text would win over the version asked for.
    const documents = parseAllDocuments(text.replace(/^%.*/m, '#'), { version, merge: true })
    const all = Array.isArray(documents) ? documents : []
    return all.map((document) => ({ errors: document.errors, value: changedIn(document.toJS(), changed) }))
  })
}

function changedIn(value: unknown, changed: (items: Items) => Items): unknown {
  if (!isObject(value) || !isObject(value.metadata) || value.metadata.name !== 'db') return value
  const spec = asObject(value.spec, 'spec')
  return { ...value, spec: { ...spec, encryptedData: changed(asObject(spec.encryptedData, 'encryptedData')) } }
}

function keysOf({ format, pieces }: Sample): string[] {
  if (format === 'yaml') return pieces.flatMap(({ key }) => key ?? [])
  const { spec } = asObject(JSON.parse(textOf(pieces)), 'SealedSecret')
  return Object.keys(asObject(asObject(spec, 'spec').encryptedData, 'encryptedData'))
}

function others({ pieces }: Sample, key: string): Sample['pieces'] {
  return pieces.filter((piece) => piece.key !== key)
}

/** What is left of the text without its only entry, as an empty mapping. */
function emptied(sample: Sample, key: string): string {
  const left = others(sample, key).map(({ text }) => text.replace(/^( *encryptedData:(?: !!map)?)/, '$1 {}'))
  return left.join('')
}

/** Whether all of the text but this entry is in the result byte for byte, and the rest of the result is one entry. */
function keepsTheRest(sample: Sample, key: string, result: string): boolean {
  const { format, pieces } = sample
  if (format === 'json') return same(sample, withoutJson(textOf(pieces), key), withoutJson(result, key))
  const old = pieces.findIndex((piece) => piece.key === key)
  const places = old === -1 ? pieces.map((_, i) => [i, i] as const) : [[old, old + 1] as const]
  const isBetween = places.some(([start, end]) => {
    const [before, after] = [textOf(pieces.slice(0, start)), textOf(pieces.slice(end))]
    if (!result.startsWith(before) || !result.endsWith(after)) return false
    const middle = result.slice(before.length, result.length - after.length)
    return middle.split(newValue).length === 2 && middle.length < newValue.length + 100
  })
  return isBetween || same(sample, textOf(pieces), result.replace(/[^\s{,]+: ?AgNEW\S*==/, ''))
}

/** JSON and flow style, whose entries share commas and lines: the same but for those. Block style: the same. */
function same({ format, pieces }: Sample, one: string, other: string): boolean {
  const isBlock = format === 'yaml' && !/encryptedData: \{[^}]/.test(textOf(pieces))
  return isBlock ? one === other : one.replace(/[\s,]+/g, '') === other.replace(/[\s,]+/g, '')
}

function withoutJson(text: string, key: string): string {
  return text.replace(new RegExp(`"${key.replaceAll('.', '\\.')}":\\s*"A[^"]*"`), '')
}
