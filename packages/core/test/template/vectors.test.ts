import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { WaxsealError } from '../../src/errors.ts'
import { DEFAULT_LIMITS } from '../../src/template/options.ts'
import { BoundedOutput, renderInto } from '../../src/template/render.ts'
import { toBytes } from '../../src/template/text/bytestring.ts'
import { vectorJson } from '../helpers/vectors.ts'
import { dataOf, expected, VECTORS, type Vector } from './vectors.ts'

const files = readdirSync(VECTORS).filter((file) => file.endsWith('.json') && !/^(?:functions|properties)/.test(file))

interface Outcome {
  readonly code: string | undefined
  /** Hexadecimal. */
  readonly written: string
  readonly message: string | undefined
}

function run(vector: Vector): Outcome {
  const output = new BoundedOutput(DEFAULT_LIMITS.output)
  const written = (): string => Buffer.from(toBytes(output.text)).toString('hex')
  try {
    renderInto(output, 'config', vector.template, dataOf(vector), {})
    return { code: undefined, written: written(), message: undefined }
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    // What is wrong with the text is told in Go's words; where a value made it fail, the place is.
    const message = error.code === 'bad-template' ? error.message : place(error.message)
    return { code: error.code, written: written(), message }
  }
}

/** Up to where the node ends that the message points at. */
const place = (message: string): string => /^.*?executing "[^"]*" at <.*?>: /s.exec(message)?.[0] ?? message

function wanted({ error, message = '', ...vector }: Vector): Outcome {
  const written = expected(vector.output, vector.outputBase64)
  if (error === undefined) return { code: undefined, written, message: undefined }
  const partial = expected(vector.partial, vector.partialBase64)
  if (error === 'parse') return { code: 'bad-template', written: partial, message }
  return { code: 'template-failed', written: partial, message: place(message) }
}

describe.each(files)('%s', (file) => {
  const vectors = vectorJson<readonly Vector[]>(`template/${file}`)
  test.each(vectors)('$name: $template', (vector) => {
    expect(run(vector)).toEqual(wanted(vector))
  })
})
