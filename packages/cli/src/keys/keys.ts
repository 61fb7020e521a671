/** The grammar of `waxseal keys`. */
import type { Context } from '../context.ts'
import { parseFlags } from '../flags.ts'
import { UsageError } from '../messages.ts'
import type { Program } from '../run.ts'
import { KEY_COMMANDS } from './commands/index.ts'

/** `args`: what follows `waxseal keys`. */
export const keys: Program = async (args, context) => {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h') return help(context, 'keys')
  if (name === 'help') return help(context, ['keys', ...rest].join(' '))
  const command = Object.hasOwn(KEY_COMMANDS, name) ? KEY_COMMANDS[name] : undefined
  if (command === undefined) throw usage(`unknown command: keys ${name}`, '')
  try {
    const flags = parseFlags({ ...command.flags, help: { type: 'bool', letter: 'h' } }, rest, context.env)
    if (flags.bool('help')) return await help(context, `keys ${name}`)
    await command.run(context, flags)
    return 0
  } catch (error) {
    throw error instanceof UsageError && error.hint === undefined ? usage(error.message, name) : error
  }
}

async function help(context: Context, name: string): Promise<number> {
  const { pageOf } = await import('../help/pages.ts')
  const text = pageOf(name)
  if (text === undefined) throw usage(`no help on: ${name}`, '')
  context.stdout.write(text)
  return 0
}

function usage(message: string, command: string): UsageError {
  const line = ['waxseal keys', command, '--help'].filter((word) => word !== '').join(' ')
  return new UsageError(message, { hint: `${line} shows how it is used` })
}
