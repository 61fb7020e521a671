/** How the file that values were merged into is laid out. */
import { parseSealedSecret } from '@waxseal/core'
import { readDocuments } from '@waxseal/core/documents'
import type { Context } from '../context.ts'
import type { Target } from '../inplace/target.ts'
import { CliError } from '../messages.ts'
import type { Format } from '../output/format.ts'
import { hasUnknownFields, writeCanonical } from './canonical.ts'

export interface Merged {
  readonly path: string
  readonly target: Target
  /** The file's text with the new values in their places, everything else as it was. */
  readonly text: string
  /** What -o asks for. */
  readonly format: Format | undefined
}

/**
 * kubeseal writes the whole file anew, in its own order and indentation; scripts that compare expect that. So does this
 * where nothing is lost by it. Comments, other documents, unknown fields, and YAML that nobody asked to have written
 * anew with -o stay as they are.
 */
export async function layOut(context: Context, { path, target, text, format }: Merged): Promise<string> {
  const documents = await readDocuments(text)
  const document = documents[target.document.index]
  if (document === undefined) return text
  const isAlone = documents.length === 1 && target.path.length === 0
  const wanted = format ?? document.format
  const isYaml = document.format === 'yaml'
  const isLossy = isYaml && /(?:^|\s)#|[&*\r]/.test(text)
  if (wanted === document.format) {
    if (!isAlone || isLossy || (isYaml && format === undefined)) return text
    const sealed = parseSealedSecret(document.value)
    return hasUnknownFields(sealed) ? text : writeCanonical(sealed, wanted)
  }
  if (!isAlone) {
    throw new CliError(`${path} holds more than the one SealedSecret, so it cannot be written as ${wanted}`, {
      hint: `leave -o away, and it stays ${document.format}`,
    })
  }
  if (/(?:^|\s)#/.test(text) && isYaml) context.stderr.write(`note: ${path}: comments are lost in ${wanted}\n`)
  return writeCanonical(parseSealedSecret(document.value), wanted)
}
