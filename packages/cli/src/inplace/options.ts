/** Arguments that the commands share which change a SealedSecret in its file. */
import { isStdin } from '../commands/options.ts'
import type { Context } from '../context.ts'
import type { Flags, FlagTable } from '../flags.ts'
import { UsageError } from '../messages.ts'
import { REPORT } from '../output/report.ts'
import type { Choice } from './target.ts'

export const TARGET_FLAGS: FlagTable = {
  name: { type: 'string' },
  namespace: { type: 'string', letter: 'n' },
  'dry-run': { type: 'bool' },
  ...REPORT.flags,
}

export function targetChoice(flags: Flags): Choice {
  return { name: flags.string('name'), namespace: flags.string('namespace') }
}

/** `FILE WORD...`, where FILE may be `-`; `words` is how these are called in messages. A FILE that is none may be a secret, so it is not repeated. */
export function changedFile(context: Context, flags: Flags, words: string): { path: string; words: readonly string[] } {
  const [path, ...others] = flags.positional
  if (path === undefined || others.length === 0) throw new UsageError(`a FILE and a ${words} are needed`)
  checkFile(context, path)
  return { path: isStdin(path) ? '-' : path, words: others }
}

export function checkFile(context: Context, path: string): void {
  if (isStdin(path)) return
  if (path.includes('=') && !context.files.exists(path)) {
    throw new UsageError('the first argument is the FILE to change, and there is none of that name')
  }
}
