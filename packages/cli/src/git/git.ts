/**
 * The grammar of `waxseal git`. The filters are right here, since git starts them for every file or every command; all else is loaded when
 * it is asked for.
 */
import { type FlagTable, parseFlags } from '../flags.ts'
import { UsageError } from '../messages.ts'
import { clean, diff, processCommand, smudge } from './filter/commands.ts'
import type { GitCommand, GitContext, Tools } from './tools.ts'

/** Filters and textconv, by name. */
export const FILTERS: Readonly<Record<string, GitCommand>> = { process: processCommand, clean, smudge, diff }
const HELP: FlagTable = { help: { type: 'bool', letter: 'h' } }

/** `args`: what follows `waxseal git`. */
export async function runGit(args: readonly string[], tools: Tools): Promise<void> {
  const { context } = tools
  const [name, ...rest] = args
  if (name === undefined) throw usage('a command is needed', '')
  if (name === '--help' || name === '-h' || name === 'help') return help(context, rest[0] ?? '')
  const command = await commandOf(name)
  if (command === undefined) throw usage(`unknown command: git ${name}`, '')
  try {
    const flags = parseFlags({ ...command.flags, ...HELP }, rest, context.env)
    if (flags.bool('help')) return await help(context, name)
    await command.run(tools, flags)
  } catch (error) {
    throw error instanceof UsageError && error.hint === undefined ? usage(error.message, name) : error
  }
}

async function commandOf(name: string): Promise<GitCommand | undefined> {
  if (Object.hasOwn(FILTERS, name)) return FILTERS[name]
  const { COMMANDS } = await import('./commands/index.ts')
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
}

async function help(context: GitContext, name: string): Promise<void> {
  const { GIT_PAGES } = await import('./help.ts')
  const text = Object.hasOwn(GIT_PAGES, name) ? GIT_PAGES[name] : undefined
  if (text === undefined) throw usage(`no help on: git ${name}`, '')
  context.stdout.write(text)
}

function usage(message: string, command: string): UsageError {
  const line = ['waxseal git', command, '--help'].filter((word) => word !== '').join(' ')
  return new UsageError(message, { hint: `${line} shows how it is used` })
}
