/** The commands that git starts: `process` once for many files, `clean`, `smudge` and `diff` once a file. */
import { fs } from '../../io/platform.ts'
import { CliError, systemReason, within } from '../../messages.ts'
import { DIFF_FLAGS, FILTER_FLAGS, keyChoice, keyName } from '../options.ts'
import { visible } from '../repo/raw-path.ts'
import type { GitCommand } from '../tools.ts'
import { writeTo } from './descriptors.ts'
import { filterHost } from './host.ts'
import { filterKey, openingEntries } from './keys.ts'
import { plainOnly } from './locked.ts'
import { convertDescriptor } from './one-file.ts'
import { packetReader, packetWriter } from './pkt-line.ts'
import { type Direction, serve } from './process.ts'
import { smudging } from './smudge.ts'

const STDIN = 0
const STDOUT = 1

export const processCommand: GitCommand = {
  flags: FILTER_FLAGS,
  run({ context, git }, flags) {
    const host = filterHost(context, git, { ...keyChoice(flags), locked: flags.bool('locked') })
    serve(
      packetReader(STDIN),
      packetWriter((bytes) => writeTo(STDOUT, bytes)),
      host,
    )
  },
}

export const clean: GitCommand = oneFile('clean')
export const smudge: GitCommand = oneFile('smudge')

/** Standard input to standard output; the argument, git's %f, is for messages only. */
function oneFile(direction: Direction): GitCommand {
  return {
    flags: FILTER_FLAGS,
    run({ context, git }, flags) {
      const path = flags.positional[0] ?? 'standard input'
      const host = filterHost(context, git, { ...keyChoice(flags), locked: flags.bool('locked') })
      const begin = () => {
        try {
          return host.begin(direction, path)
        } catch (error) {
          throw within(visible(path), error)
        }
      }
      convertDescriptor(begin(), { from: STDIN, to: STDOUT, path, warn: (message) => host.warn(path, message) })
      return undefined
    },
  }
}

/** git's textconv: a file that may be encrypted or plain. What was never encrypted is shown as it is, without a key too. */
export const diff: GitCommand = {
  flags: DIFF_FLAGS,
  run({ context, git }, flags) {
    const path = flags.positional[0] ?? 'standard input'
    const key = filterKey(keyChoice(flags), git.cwd, context.env)
    const conversion =
      key === undefined ? plainOnly(keyName(flags)) : smudging(openingEntries(key), { isStrict: () => false })
    const from = flags.positional[0] === undefined ? STDIN : open(path)
    try {
      convertDescriptor(conversion, { from, to: STDOUT, path, warn: () => undefined })
    } finally {
      if (from !== STDIN) fs.closeSync(from)
    }
  },
}

function open(path: string): number {
  try {
    return fs.openSync(path, 'r')
  } catch (error) {
    throw new CliError(`${visible(path)}: ${systemReason(error)}`, { cause: error })
  }
}
