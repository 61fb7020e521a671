/** Flags and their environment variables, as pflag and Bitnami's controller read them; values are checked in config.ts. */
import { Command, CommanderError, Option } from 'commander'
import { FLAGS, type Flag, type FlagName } from './flag-table.ts'

/** A mistake in the command line or environment: exit status 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

const SWITCHES: ReadonlySet<string> = new Set(FLAGS.filter(({ value }) => value === undefined).map(({ name }) => name))

export type Parsed =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'flags'
      readonly text: (name: FlagName) => string
      readonly on: (name: FlagName) => boolean
      /** Whether it was given at all. */
      readonly given: (name: FlagName) => boolean
      /** Where a value comes from, for messages: `--key-size` or `SEALED_SECRETS_KEY_SIZE`. */
      readonly source: (name: FlagName) => string
    }

/** @throws UsageError for unknown flags, missing values, arguments, and switches that are neither true nor false */
export function parseFlags(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Parsed {
  const command = makeCommand()
  try {
    command.parse(argv.map(withValue), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: command.helpInformation() + VARIABLES }
    if (error.code === 'commander.excessArguments')
      throw new UsageError(`unexpected argument: ${command.args.join(' ')}`)
    throw new UsageError(error.message.replace(/^error: /, '').replace(/\.$/, ''))
  }
  const options = command.opts<Record<string, string>>()
  const fromEnv = (name: FlagName): string | undefined => env[variable(name)]
  const text = (name: FlagName): string => {
    const flag = FLAGS.find((candidate) => candidate.name === name)
    return options[camel(name)] ?? fromEnv(name) ?? flag?.fallback ?? ''
  }
  const source = (name: FlagName): string =>
    options[camel(name)] === undefined && fromEnv(name) !== undefined ? variable(name) : `--${name}`
  const on = (name: FlagName): boolean => {
    const value = boolean(text(name))
    if (value !== undefined) return value
    throw new UsageError(`${source(name)}: ${JSON.stringify(text(name))} is neither true nor false`)
  }
  const given = (name: FlagName): boolean => options[camel(name)] !== undefined || fromEnv(name) !== undefined
  for (const { name } of FLAGS) if (SWITCHES.has(name)) on(name)
  return { kind: 'flags', text, on, given, source }
}

const variable = (name: FlagName): string => `SEALED_SECRETS_${name.toUpperCase().replaceAll('-', '_')}`

/** Below the flags: what commander adds to a help it prints itself is not in the text that it returns. */
const VARIABLES = '\nEach flag has an environment variable: --key-size is SEALED_SECRETS_KEY_SIZE. The flag wins.\n'
/** Of the help, on any terminal: docs/reference.md holds it, too. */
const WIDTH = 125

function makeCommand(): Command {
  const command = new Command('waxseal-controller')
    .description('Opens SealedSecrets: in a cluster, or in a folder (--directory)')
    .usage('--directory DIR | --kubeconfig FILE | (in a Pod) [flags]')
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, getOutHelpWidth: () => WIDTH })
  for (const flag of FLAGS) command.addOption(option(flag))
  return command
}

function option(flag: Flag): Option {
  const known = flag.fallback === '' || flag.fallback === 'false' ? '' : ` (default ${flag.fallback})`
  const shown = flag.value === undefined ? `--${flag.name} [true|false]` : `--${flag.name} <${flag.value}>`
  return new Option(shown, `${flag.help}${known}`)
}

/** pflag's switches take a value only after `=`; without one they are on. */
function withValue(argument: string): string {
  return argument.startsWith('--') && SWITCHES.has(argument.slice(2)) ? `${argument}=true` : argument
}

/** What Go's strconv.ParseBool takes. */
function boolean(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined
}

const camel = (name: string): string => name.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase())
