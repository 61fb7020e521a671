/** Checks an output against what a transcript expects of it; sealed values are random, so they are opened and compared. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeBase64, keyRing, OpeningKey, utf8 } from '@waxseal/core'
import { expect } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { KEYS } from './transcript.ts'

type Plain = string | { readonly sha256: string; readonly length: number }

interface Opens {
  readonly key?: string
  readonly label?: string
  readonly values: Readonly<Record<string, Plain>>
}

export interface Expected {
  readonly sealedSecret?: unknown
  readonly sealedSecrets?: readonly unknown[]
  readonly objects?: readonly unknown[]
  readonly format?: 'json' | 'yaml'
  /** The whole output, values masked. */
  readonly text?: string
  readonly opens?: readonly Opens[]
  readonly regex?: string
}

const MASK = '<sealed>'

/** Throws vitest's error when the output is not as expected. */
export async function expectOutput(
  output: string,
  expected: string | Expected,
  expand: (text: string) => string,
): Promise<void> {
  if (typeof expected === 'string') {
    expect(output).toBe(expand(expected))
    return
  }
  if (expected.regex !== undefined) expect(output).toMatch(new RegExp(expected.regex, 'ims'))
  const objects =
    expected.objects ?? expected.sealedSecrets ?? (expected.sealedSecret === undefined ? [] : [expected.sealedSecret])
  if (objects.length === 0) return
  if (expected.format !== undefined) expect(output.trimStart().startsWith('{') ? 'json' : 'yaml').toBe(expected.format)
  const found = parseOutput(output)
  expect(found.length).toBe(objects.length)
  let masked = output
  for (const [index, object] of objects.entries()) {
    const sealed = sealedValues(found[index])
    const opens = expected.opens?.[index]
    for (const [key, value] of Object.entries(opens?.values ?? {})) {
      await expectOpens(sealed[key] ?? '', opens ?? { values: {} }, value)
      masked = masked.replace(JSON.stringify(sealed[key]).slice(1, -1), MASK)
      sealed[key] = MASK
    }
    expect(found[index]).toEqual(object)
  }
  // Go folds long texts in YAML, ours stay on one line, which reads the same.
  const folds = expected.format === 'yaml' && masked.split('\n').some((line) => line.length > 80)
  if (expected.text !== undefined && !folds) expect(masked).toBe(expand(expected.text))
}

/** JSON streams, YAML streams, or one of either. */
function parseOutput(output: string): unknown[] {
  const stream = output.trimStart().startsWith('{') ? output.replaceAll(/^\}\n(?=\{)/gm, '}\n---\n') : output
  const documents = parseAllDocuments(stream, { version: '1.1' })
  return (Array.isArray(documents) ? documents : []).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as unknown
  })
}

function sealedValues(object: unknown): Record<string, string> {
  return (object as { spec?: { encryptedData?: Record<string, string> } }).spec?.encryptedData ?? {}
}

async function expectOpens(sealed: string, { key = 'alpha.key', label = '' }: Opens, value: Plain): Promise<void> {
  const ring = keyRing([await OpeningKey.import(readFileSync(join(KEYS, key), 'utf8'))])
  const bytes = (await ring.open(decodeBase64(sealed), utf8(label))).plaintext.reveal()
  if (typeof value === 'string') expect(Buffer.from(bytes).toString('base64')).toBe(value)
  else expect({ sha256: createHash('sha256').update(bytes).digest('hex'), length: bytes.length }).toEqual(value)
}
