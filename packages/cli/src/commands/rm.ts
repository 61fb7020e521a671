import { applyValues } from '../inplace/apply.ts'
import { openInput } from '../inplace/file.ts'
import { changedFile, TARGET_FLAGS, targetChoice } from '../inplace/options.ts'
import { conclude, endingOf } from '../inplace/report.ts'
import { pickTarget, type Target } from '../inplace/target.ts'
import { CliError, UsageError } from '../messages.ts'
import type { Command } from './command.ts'

/** Removing the last key is allowed: it is often followed by `set`, the file stays valid, and git has the old one. */
export const rm: Command = {
  flags: TARGET_FLAGS,
  async run(context, flags) {
    const { path, words } = changedFile(context, flags, 'KEY')
    const keys = [...new Set(words)]
    if (keys.some((key) => key.includes('='))) throw new UsageError('rm takes the names of keys, without =')
    const ending = endingOf(flags, { isStream: path === '-' })
    const file = await openInput(context, path)
    const target = pickTarget(file, targetChoice(flags))
    refuseUnknown(file.path, target, keys)
    const text = await applyValues(file, target, { set: new Map(), removed: keys, sealedWith: undefined })
    await conclude(context, { file, target, text, done: { set: [], removed: keys } }, ending)
  },
}

function refuseUnknown(path: string, { sealed, title, written }: Target, keys: readonly string[]): void {
  const unknown = keys.filter((key) => !written.includes(key))
  if (unknown.length === 0) return
  const known = Object.keys(sealed.spec.encryptedData)
  throw new CliError(`${path}: ${title} has no key ${unknown.join(', ')}`, {
    hint:
      known.length === 0
        ? 'it has none at all; nothing was changed'
        : `it has ${known.join(', ')}; nothing was changed`,
  })
}
