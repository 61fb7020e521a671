/** What commands that change a file say and do in the end. */
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { UsageError } from '../messages.ts'
import { REPORT, type ReportFormat, type SealedEntry, writeReport } from '../output/report.ts'
import { type ManifestFile, saveFile } from './file.ts'
import type { Target } from './target.ts'

/** Where the result goes, and what is printed beside it. */
export interface Ending {
  readonly dryRun: boolean
  /** What standard output gets instead of the file. */
  readonly output: ReportFormat | undefined
}

/** Throws UsageError where a manifest and a report would both go to standard output. */
export function endingOf(flags: Flags, file: { readonly isStream: boolean }): Ending {
  const [dryRun, output] = [flags.bool('dry-run'), REPORT.of(flags)]
  if (file.isStream && output !== undefined && !dryRun)
    throw new UsageError('--output is for a FILE, or for --dry-run: the manifest itself goes to standard output')
  return { dryRun, output }
}

interface Done {
  /** Keys that got a value. */
  readonly set: readonly string[]
  readonly removed: readonly string[]
}

interface Changed {
  readonly file: ManifestFile
  readonly target: Target
  /** The whole new text. */
  readonly text: string
  readonly done: Done
}

/** Writes the file or prints it, says in one line what was done, warns where nothing is left, and reports it where asked for. */
export async function conclude(
  context: Context,
  { file, target, text, done }: Changed,
  { dryRun, output }: Ending,
): Promise<void> {
  if (!dryRun && !file.isStream) saveFile(context, file, text)
  else if (output === undefined) context.stdout.write(file.encode(text))
  const { set, removed } = done
  const parts = [
    ...(set.length === 0 ? [] : [`set ${set.join(', ')}`]),
    ...(removed.length === 0 ? [] : [`removed ${removed.join(', ')}`]),
  ]
  const note = dryRun ? ' (dry run: not written)' : ''
  context.stderr.write(`${file.path}: ${target.title}: ${parts.join('; ')}${note}\n`)
  const left = Object.keys(target.sealed.spec.encryptedData).filter((key) => !removed.includes(key))
  if (left.length === 0 && set.length === 0) {
    context.stderr.write(`warning: ${target.title} has no values left: its Secret will be empty\n`)
  }
  await reportChange(context, { file, target, done }, output)
}

/** With -o: what became of the SealedSecret and its keys. */
export async function reportChange(
  context: Context,
  { file, target, done }: Omit<Changed, 'text'>,
  output: ReportFormat | undefined,
): Promise<void> {
  if (output === undefined) return
  const entry: SealedEntry = {
    file: file.path,
    namespace: target.namespace || undefined,
    name: target.name,
    result: done.set.length + done.removed.length === 0 ? 'unchanged' : 'changed',
    items: [
      ...done.set.map((key) => ({ key, result: target.written.includes(key) ? 'changed' : 'added' })),
      ...done.removed.map((key) => ({ key, result: 'removed' })),
    ],
  }
  await writeReport(context, output, [entry], ({ file: path, result }) => (result === 'changed' ? [path] : []))
}
