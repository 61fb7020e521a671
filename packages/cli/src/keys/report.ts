/** What -o prints of commands that change keys. */
import type { Context } from '../context.ts'
import { type ReportFormat, writeReport } from '../output/report.ts'
import type { KeyInfo } from './key-info.ts'
import { objectName } from './options.ts'

/** What became of a key of a controller, or of a pair in files. Never holds the key. */
export interface KeyEntry {
  /** Of the Secret. */
  readonly name?: string | undefined
  /** Of the certificate; undefined where there is none that can be read. */
  readonly fingerprint?: string | undefined
  /** Of the label as it is now, or would be with --dry-run. */
  readonly state?: string | undefined
  readonly result: KeyResult
  readonly reason?: string | undefined
  /** Where a pair was written to. */
  readonly files?: { readonly key: string; readonly certificate: string }
}

/**
 * `saved`: in the backup that was written; `whole`: in the one that was read, `missing`: not in that; `left`: it could not be used, so
 * that it is in no backup.
 */
export type KeyResult =
  | 'added'
  | 'changed'
  | 'unchanged'
  | 'saved'
  | 'whole'
  | 'missing'
  | 'restored'
  | 'deleted'
  | 'kept'
  | 'left'

/** Of these nothing changed, so that -o name leaves them out. */
const AS_IT_WAS: ReadonlySet<KeyResult> = new Set(['unchanged', 'kept', 'left', 'missing'])

export function keyEntry(
  { stored, fingerprint }: Pick<KeyInfo, 'stored' | 'fingerprint'>,
  result: KeyResult,
  others: { readonly state?: string; readonly reason?: string | undefined } = {},
): KeyEntry {
  return { name: stored.name || undefined, fingerprint, state: stored.state || undefined, ...others, result }
}

/** Runs `work` and prints what it told, also what it did before it failed. */
export async function reporting(
  context: Context,
  output: ReportFormat | undefined,
  work: (tell: (entry: KeyEntry) => void) => Promise<void>,
): Promise<void> {
  const entries: KeyEntry[] = []
  const print = async (): Promise<void> => {
    if (output !== undefined) await writeReport(context, output, entries, namesOf)
  }
  try {
    await work((entry) => void entries.push(entry))
  } catch (error) {
    if (entries.length > 0) await print()
    throw error
  }
  await print()
}

/** As kubectl names objects, or the paths of a pair in files. */
function namesOf({ name, result, files }: KeyEntry): readonly string[] {
  if (files !== undefined) return [files.key, files.certificate]
  return name === undefined || AS_IT_WAS.has(result) ? [] : [objectName({ name })]
}
