/** Which conversion a file gets, given the key there is, and how its troubles are told. */
import { type Git, line } from '../repo/git.ts'
import { visible } from '../repo/raw-path.ts'
import type { GitContext } from '../tools.ts'
import { cleaning } from './clean.ts'
import { stagedOids } from './former.ts'
import { filterKey, type KeyChoice, noKey, openingEntries } from './keys.ts'
import { guarding, passing } from './locked.ts'
import type { FilterHost } from './process.ts'
import { smudging } from './smudge.ts'

export interface FilterOptions extends KeyChoice {
  /** Behave as a locked clone's guard where there is no key, instead of failing. */
  readonly locked: boolean
}

/** Looks for the key once, at the first file. */
export function filterHost(context: GitContext, git: Git, options: FilterOptions): FilterHost {
  const key = once(() => filterKey(options, git.cwd, context.env))
  const staged = stagedOids(git)
  const isStrict = once(() => isSet(git, 'waxseal.strict'))
  const tell = (kind: string, path: string, message: string): void =>
    context.stderr.write(`${kind}: ${visible(path)}: ${message}\n`)
  return {
    begin: (direction, path) => {
      const found = key()
      if (found !== undefined && direction === 'smudge') return smudging(openingEntries(found), { isStrict })
      if (found !== undefined) {
        // While rotate-key works (several entries), everything is to be encrypted with the newest.
        const former = found.key.entries.length > 1 ? [] : found.former
        return cleaning(found.key, { entries: former, stagedOid: () => staged(path) })
      }
      if (!options.locked) throw noKey(options.name)
      return direction === 'clean' ? guarding(options.name, git, path) : passing()
    },
    warn: (path, message) => tell('warning', path, message),
    fail(path, message, hint) {
      tell('error', path, message)
      if (hint !== undefined) context.stderr.write(`hint: ${hint}\n`)
    },
  }
}

/** A boolean of git's configuration; one that is not set, or no boolean, counts as false. */
function isSet(git: Git, name: string): boolean {
  const { status, stdout } = git.attempt(['config', '--type=bool', '--get', name])
  return status === 0 && line(stdout) === 'true'
}

function once<T>(work: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: work() }
    return made.value
  }
}
