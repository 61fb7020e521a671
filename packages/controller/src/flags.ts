/** Flags and their environment variables, as pflag and Bitnami's controller read them; values are checked in config.ts. */
import { Command, CommanderError, Option } from 'commander'

/** A mistake in the command line or environment: exit status 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

export type FlagName =
  | 'directory'
  | 'once'
  | 'kubeconfig'
  | 'namespace'
  | 'all-namespaces'
  | 'additional-namespaces'
  | 'key-prefix'
  | 'key-size'
  | 'key-ttl'
  | 'my-cn'
  | 'accept-deprecated-v1-data'
  | 'update-status'
  | 'rate-limit'
  | 'rate-limit-burst'
  | 'leader-elect'
  | 'leader-elect-lease-duration'
  | 'leader-elect-renew-deadline'
  | 'leader-elect-retry-period'
  | 'leader-elect-resource-name'
  | 'listen-addr'
  | 'listen-metrics-addr'
  | 'log-level'
  | 'log-format'
  | 'version'

interface Flag {
  readonly name: FlagName
  /** Shown in the help; undefined for a switch. */
  readonly value?: string
  readonly fallback: string
  readonly help: string
}

const FLAGS: readonly Flag[] = [
  {
    name: 'directory',
    value: 'DIR',
    fallback: '',
    help: 'work on a folder instead of a cluster: DIR/sealed in, DIR/secrets out',
  },
  { name: 'once', fallback: 'false', help: 'open what is there and exit: 0 if all opened, 1 if not' },
  { name: 'kubeconfig', value: 'FILE', fallback: '', help: 'cluster to work on, when not running inside of it' },
  {
    name: 'namespace',
    value: 'NAME',
    fallback: '',
    help: "the controller's own namespace, where its keys are (default: that of the Pod, or kube-system)",
  },
  { name: 'all-namespaces', fallback: 'true', help: 'watch all namespaces, or only its own' },
  {
    name: 'additional-namespaces',
    value: 'LIST',
    fallback: '',
    help: 'with --all-namespaces=false: comma separated namespaces to watch as well',
  },
  { name: 'key-prefix', value: 'PREFIX', fallback: 'sealed-secrets-key', help: 'beginning of the name of key Secrets' },
  { name: 'key-size', value: 'BITS', fallback: '4096', help: 'size of new keys' },
  { name: 'key-ttl', value: 'DURATION', fallback: '87600h0m0s', help: 'validity of new certificates' },
  { name: 'my-cn', value: 'NAME', fallback: '', help: 'common name of new certificates' },
  { name: 'accept-deprecated-v1-data', fallback: 'true', help: 'open the deprecated spec.data' },
  { name: 'update-status', fallback: 'true', help: 'write the status of SealedSecrets' },
  {
    name: 'rate-limit',
    value: 'NUMBER',
    fallback: '2',
    help: 'requests a second to /v1/verify, and as many to /v1/rotate, that one client may keep up',
  },
  { name: 'rate-limit-burst', value: 'NUMBER', fallback: '2', help: 'requests beyond that which may come at once' },
  {
    name: 'leader-elect',
    fallback: 'true',
    help: 'in a cluster: agree with other replicas over a Lease, one works and all serve',
  },
  {
    name: 'leader-elect-lease-duration',
    value: 'DURATION',
    fallback: '3s',
    help: 'how long replicas wait after the last renewal of a Lease before one takes it over; whole seconds',
  },
  {
    name: 'leader-elect-renew-deadline',
    value: 'DURATION',
    fallback: '2s',
    help: 'how long the leader works on without renewing; less than the duration',
  },
  {
    name: 'leader-elect-retry-period',
    value: 'DURATION',
    fallback: '500ms',
    help: 'time between two tries to get or renew the Lease; less than the deadline',
  },
  {
    name: 'leader-elect-resource-name',
    value: 'NAME',
    fallback: 'sealed-secrets-controller',
    help: "name of the Lease, in the controller's namespace",
  },
  { name: 'listen-addr', value: 'ADDRESS', fallback: ':8080', help: 'address of the HTTP server' },
  { name: 'listen-metrics-addr', value: 'ADDRESS', fallback: ':8081', help: 'address of the metrics server' },
  { name: 'log-level', value: 'LEVEL', fallback: 'info', help: 'debug, info, warn or error' },
  { name: 'log-format', value: 'FORMAT', fallback: 'text', help: 'text or json' },
  { name: 'version', fallback: 'false', help: 'print the version and exit' },
]

const SWITCHES: ReadonlySet<string> = new Set(FLAGS.filter(({ value }) => value === undefined).map(({ name }) => name))

export type Parsed =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'flags'
      readonly text: (name: FlagName) => string
      readonly on: (name: FlagName) => boolean
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
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: command.helpInformation() }
    if (error.code === 'commander.excessArguments')
      throw new UsageError(`unexpected argument: ${command.args.join(' ')}`)
    throw new UsageError(error.message.replace(/^error: /, '').replace(/\.$/, ''))
  }
  const given = command.opts<Record<string, string>>()
  const fromEnv = (name: FlagName): string | undefined => env[variable(name)]
  const text = (name: FlagName): string => {
    const flag = FLAGS.find((candidate) => candidate.name === name)
    return given[camel(name)] ?? fromEnv(name) ?? flag?.fallback ?? ''
  }
  const source = (name: FlagName): string =>
    given[camel(name)] === undefined && fromEnv(name) !== undefined ? variable(name) : `--${name}`
  const on = (name: FlagName): boolean => {
    const value = boolean(text(name))
    if (value !== undefined) return value
    throw new UsageError(`${source(name)}: ${JSON.stringify(text(name))} is neither true nor false`)
  }
  for (const { name } of FLAGS) if (SWITCHES.has(name)) on(name)
  return { kind: 'flags', text, on, source }
}

const variable = (name: FlagName): string => `SEALED_SECRETS_${name.toUpperCase().replaceAll('-', '_')}`

function makeCommand(): Command {
  const command = new Command('waxseal-controller')
    .description('Opens SealedSecrets: in a cluster, or in a folder (--directory)')
    .usage('--directory DIR | --kubeconfig FILE | (in a Pod) [flags]')
    .addHelpText(
      'after',
      '\nEach flag has an environment variable: --key-size is SEALED_SECRETS_KEY_SIZE. The flag wins.\n',
    )
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
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
