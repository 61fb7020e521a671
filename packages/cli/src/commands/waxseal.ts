/**
 * The grammar of `waxseal`: which command a line names. Only what is large is loaded late (packages, help): a bundle in few files
 * starts faster than one in many small ones, about half a millisecond a file.
 */
import type { Context } from '../context.ts'
import { type FlagTable, parseFlags } from '../flags.ts'
import { UsageError } from '../messages.ts'
import type { Program } from '../run.ts'
import type { Command } from './command.ts'

const HELP: FlagTable = { help: { type: 'bool', letter: 'h' } }

type Commands = Readonly<Record<string, Command>>

/** The program, with the commands of its bundle. */
export const waxsealWith =
  (commands: Commands): Program =>
  async (args, context) => {
    const [first, ...rest] = args
    if (first === undefined) throw new UsageError('a command is needed', { hint: 'waxseal --help lists them' })
    if (first === '--version') await runCommand(commands, ['version'], context)
    else if (isHelp(first)) context.stdout.write(await helpFor(''))
    else if (first === 'help') context.stdout.write(await helpFor(rest.join(' ')))
    else if (first.startsWith('-')) throw usage(`unknown flag: ${first}`, '')
    else await runCommand(commands, [first, ...rest], context)
    return 0
  }

function isHelp(arg: string): boolean {
  return arg === '--help' || arg === '-h'
}

async function runCommand(
  commands: Commands,
  [name = '', ...args]: readonly string[],
  context: Context,
): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw usage(`unknown command: ${name}`, '')
  try {
    const flags = parseFlags({ ...command.flags, ...HELP }, args, context.env)
    if (flags.bool('help')) context.stdout.write(await helpFor(name))
    else await command.run(context, flags)
  } catch (error) {
    throw error instanceof UsageError && error.hint === undefined ? usage(error.message, name) : error
  }
}

function usage(message: string, command: string): UsageError {
  const line = ['waxseal', command, '--help'].filter((word) => word !== '').join(' ')
  return new UsageError(message, { hint: `${line} shows how it is used` })
}

async function helpFor(name: string): Promise<string> {
  const { pageOf } = await import('../help/pages.ts')
  const text = pageOf(name)
  if (text === undefined) throw usage(`no help on: ${name}`, '')
  return text
}
