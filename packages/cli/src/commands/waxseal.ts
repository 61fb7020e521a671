/** The grammar of `waxseal`: which command a line names. Commands and help are loaded when they are asked for. */
import type { Context } from '../context.ts'
import { type Flags, type FlagTable, parseFlags } from '../flags.ts'
import { UsageError } from '../messages.ts'
import type { Program } from '../run.ts'
import { VERSION } from '../version.ts'

export interface Command {
  readonly flags: FlagTable
  run(context: Context, flags: Flags): Promise<void>
}

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  seal: async () => (await import('./seal.ts')).seal,
  unseal: async () => (await import('./unseal.ts')).unseal,
  cert: async () => (await import('./cert.ts')).cert,
  'keys generate': async () => (await import('./keys/generate.ts')).generate,
}

const GROUPS: readonly string[] = ['keys']
const HELP: FlagTable = { help: { type: 'bool', letter: 'h' } }

export const waxseal: Program = async (args, context) => {
  const [first, ...rest] = args
  if (first === undefined) {
    context.stderr.write(await helpFor(''))
    return 2
  }
  if (first === '--version' || first === 'version') return say(context, `waxseal version: ${VERSION}\n`)
  if (first === '--help' || first === '-h') return say(context, await helpFor(''))
  if (first === 'help') return say(context, await helpFor(rest.join(' ')))
  if (first.startsWith('-')) throw usage(`unknown flag: ${first}`, '')
  if (!GROUPS.includes(first)) return runCommand(first, rest, context)
  const [second, ...others] = rest
  if (second === undefined || second === '--help' || second === '-h') return say(context, await helpFor(first))
  return runCommand(`${first} ${second}`, others, context)
}

async function runCommand(name: string, args: readonly string[], context: Context): Promise<undefined> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load === undefined) throw usage(`unknown command: ${name}`, '')
  const command = await load()
  try {
    const flags = parseFlags({ ...command.flags, ...HELP }, args, context.env)
    if (flags.bool('help')) return say(context, await helpFor(name))
    await command.run(context, flags)
  } catch (error) {
    throw error instanceof UsageError && error.hint === undefined ? usage(error.message, name) : error
  }
}

function usage(message: string, command: string): UsageError {
  const line = ['waxseal', command, '--help'].filter((word) => word !== '').join(' ')
  return new UsageError(message, { hint: `${line} shows how it is used` })
}

async function helpFor(name: string): Promise<string> {
  const { HELP_TEXTS } = await import('../help/waxseal.ts')
  const text = Object.hasOwn(HELP_TEXTS, name) ? HELP_TEXTS[name] : undefined
  if (text === undefined) throw usage(`no help on: ${name}`, '')
  return text
}

function say(context: Context, text: string): undefined {
  context.stdout.write(text)
}
