/** What commands that change a file say and do in the end. */
import type { Context } from '../context.ts'
import { type ManifestFile, saveFile } from './file.ts'
import type { Target } from './target.ts'

/** Writes the file, or prints it with `dryRun`. */
export function finish(context: Context, file: ManifestFile, text: string, dryRun: boolean): void {
  if (dryRun) context.stdout.write(file.encode(text))
  else saveFile(context, file, text)
}

export interface Done {
  readonly set: readonly string[]
  readonly removed: readonly string[]
}

/** One line on what was done, and a warning where nothing is left. */
export function report(
  context: Context,
  file: ManifestFile,
  target: Target,
  { set, removed }: Done,
  dryRun: boolean,
): void {
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
}
