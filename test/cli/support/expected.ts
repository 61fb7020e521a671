/** Checks an output against what a transcript expects of it; sealed values are random, so they are opened and compared. */
import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeBase64, isObject, keyRing, OpeningKey, utf8 } from '@waxseal/core'
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

/** One bare sealed value, without a newline. */
interface ExpectedValue {
  readonly sealedValue: string
  readonly opens: { readonly key?: string; readonly label?: string; readonly value: Plain }
}

const MASK = '<sealed>'

/** Throws AssertionError when the output is not as expected. */
export async function expectOutput(
  output: string,
  expected: string | Expected | ExpectedValue,
  expand: (text: string) => string,
): Promise<void> {
  if (typeof expected === 'string') {
    assert.equal(output, expand(expected))
    return
  }
  if ('sealedValue' in expected) {
    await expectOpens(output, { ...expected.opens, values: {} }, expected.opens.value)
    return
  }
  if (expected.regex !== undefined) assert.match(output, new RegExp(expected.regex, 'ims'))
  const objects =
    expected.objects ?? expected.sealedSecrets ?? (expected.sealedSecret === undefined ? [] : [expected.sealedSecret])
  if (objects.length === 0) return
  if (expected.format !== undefined) assert.equal(output.trimStart().startsWith('{') ? 'json' : 'yaml', expected.format)
  const found = parseOutput(output)
  assert.equal(found.length, objects.length)
  let masked = output
  for (const [index, object] of objects.entries()) {
    const sealed = sealedValues(found[index])
    const opens = expected.opens?.[index]
    for (const [key, value] of Object.entries(opens?.values ?? {})) {
      await expectOpens(String(sealed[key]), opens ?? { values: {} }, value)
      masked = masked.replace(JSON.stringify(sealed[key]).slice(1, -1), MASK)
      sealed[key] = MASK
    }
    assert.deepEqual(found[index], object)
  }
  // Go folds long texts in YAML, ours stay on one line, which reads the same.
  const folds = expected.format === 'yaml' && masked.split('\n').some((line) => line.length > 80)
  if (expected.text !== undefined && !folds) assert.equal(masked, expand(expected.text))
}

/** JSON streams, YAML streams, or one of either. */
function parseOutput(output: string): unknown[] {
  const stream = output.trimStart().startsWith('{') ? output.replaceAll(/^\}\n(?=\{)/gm, '}\n---\n') : output
  const documents = parseAllDocuments(stream, { version: '1.1' })
  return (Array.isArray(documents) ? documents : []).map((document) => {
    assert.deepEqual(document.errors, [])
    return document.toJS() as unknown
  })
}

function sealedValues(object: unknown): Record<string, unknown> {
  const spec = isObject(object) ? object.spec : undefined
  const data = isObject(spec) ? spec.encryptedData : undefined
  return isRecord(data) ? data : {}
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value)
}

async function expectOpens(sealed: string, { key = 'alpha.key', label = '' }: Opens, value: Plain): Promise<void> {
  const ring = keyRing([await OpeningKey.import(readFileSync(join(KEYS, key), 'utf8'))])
  const bytes = (await ring.open(decodeBase64(sealed), utf8(label))).plaintext.reveal()
  if (typeof value === 'string') assert.equal(Buffer.from(bytes).toString('base64'), value)
  else assert.deepEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), length: bytes.length }, value)
}
