/** Changes what a key may do. */
import type { Command } from '../../commands/command.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { CliError } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { chosenKeys, STORE_FLAGS, titleOf, withStore } from '../options.ts'
import { keyEntry, reporting } from '../report.ts'
import type { KeyState } from '../store/store.ts'

/** A retired key opens nothing any more: what needs it fails until it is active again. It is not deleted. */
export const retire: Command = {
  flags: { ...STORE_FLAGS, ...REPORT.flags, compromised: { type: 'bool' }, 'dry-run': { type: 'bool' } },
  run: (context, flags) => setState(context, flags, flags.bool('compromised') ? 'compromised' : 'retired'),
}

export const activate: Command = {
  flags: { ...STORE_FLAGS, ...REPORT.flags, 'dry-run': { type: 'bool' } },
  run: (context, flags) => setState(context, flags, 'active'),
}

function setState(context: Context, flags: Flags, state: KeyState): Promise<void> {
  const dryRun = flags.bool('dry-run')
  return withStore(context, flags, async (store) => {
    const keys = await describeKeys(await store.list())
    const chosen = chosenKeys(keys, flags.positional, store)
    if (state !== 'active') refuseLast(keys, chosen)
    await reporting(context, REPORT.of(flags), async (tell) => {
      for (const key of chosen) {
        if (key.stored.state === state) {
          context.stderr.write(`${titleOf(key)} is ${state} already\n`)
          tell(keyEntry(key, 'unchanged'))
          continue
        }
        if (!dryRun) await store.change(key.stored, { state })
        context.stderr.write(`${titleOf(key)} is ${state} now${dryRun ? ' (dry run: not changed)' : ''}\n`)
        tell(keyEntry(key, 'changed', { state }))
      }
    })
  })
}

/** A controller without a usable key makes one at once, and nothing sealed so far opens. */
function refuseLast(keys: readonly KeyInfo[], chosen: readonly KeyInfo[]): void {
  const left = keys.filter((key) => key.stored.state === 'active' && key.problem === undefined && !chosen.includes(key))
  if (left.length > 0) return
  throw new CliError('that would leave no active key', {
    hint: 'make a new one first: waxseal keys generate --cluster, or --directory DIR',
  })
}
