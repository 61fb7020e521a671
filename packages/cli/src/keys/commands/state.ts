/** Changes what a key may do. */
import type { Command } from '../../commands/command.ts'
import { CliError } from '../../messages.ts'
import { describeKeys, type KeyInfo } from '../key-info.ts'
import { chosenKeys, STORE_FLAGS, titleOf, withStore } from '../options.ts'
import type { KeyState } from '../store/store.ts'

/** A retired key opens nothing any more: what needs it fails until it is active again. It is not deleted. */
export const retire: Command = {
  flags: { ...STORE_FLAGS, compromised: { type: 'bool' }, 'dry-run': { type: 'bool' } },
  run: (context, flags) => setState(context, flags, flags.bool('compromised') ? 'compromised' : 'retired'),
}

export const activate: Command = {
  flags: { ...STORE_FLAGS, 'dry-run': { type: 'bool' } },
  run: (context, flags) => setState(context, flags, 'active'),
}

const setState = (context: Parameters<Command['run']>[0], flags: Parameters<Command['run']>[1], state: KeyState) =>
  withStore(context, flags, async (store) => {
    const keys = await describeKeys(await store.list())
    const chosen = chosenKeys(keys, flags.positional, store)
    if (state !== 'active') refuseLast(keys, chosen)
    for (const key of chosen) {
      if (key.stored.state === state) {
        context.stderr.write(`${titleOf(key)} is ${state} already\n`)
        continue
      }
      if (!flags.bool('dry-run')) await store.change(key.stored, { state })
      context.stderr.write(`${titleOf(key)} is ${state} now${flags.bool('dry-run') ? ' (dry run: not changed)' : ''}\n`)
    }
  })

/** A controller without a usable key makes one at once, and nothing sealed so far opens. */
function refuseLast(keys: readonly KeyInfo[], chosen: readonly KeyInfo[]): void {
  const left = keys.filter((key) => key.stored.state === 'active' && key.problem === undefined && !chosen.includes(key))
  if (left.length > 0) return
  throw new CliError('that would leave no active key', {
    hint: 'make a new one first: waxseal keys generate --cluster, or --directory DIR',
  })
}
