/** kubeseal's command line: its flags, its order of precedence, its exit codes. The work is that of waxseal's commands. */
import { parseScope } from '@waxseal/core'
import { type ClusterOptions, CONTROLLER } from '../cluster/cluster.ts'
import { type Format, isStdin } from '../commands/options.ts'
import { checkDestination, type Destination, writeResult } from '../commands/result.ts'
import { sealInputs } from '../commands/seal.ts'
import { unsealInputs } from '../commands/unseal.ts'
import type { Context } from '../context.ts'
import { type Flags, parseFlags } from '../flags.ts'
import { fetchCertificate } from '../io/certificate.ts'
import { CliError, UsageError } from '../messages.ts'
import type { Program } from '../run.ts'
import { VERSION } from '../version.ts'
import { KUBESEAL_FLAGS, parseTimeout } from './flags.ts'

export const kubeseal: Program = async (args, context) => {
  const flags = await parseOrExplain(args, context)
  // Build metadata (semver 10) tells the two programs apart without changing how versions compare.
  if (flags.bool('version')) context.stdout.write(`kubeseal version: ${VERSION}+waxseal\n`)
  else if (flags.bool('help')) await help(context)
  else await work(context, flags)
  return 0
}

async function help(context: Context): Promise<void> {
  context.stderr.write('Usage of kubeseal:\n')
  context.stdout.write(await helpText())
}

async function work(context: Context, flags: Flags): Promise<void> {
  refuseUnsupported(flags)
  const input = flags.string('secret-file')
  if (input !== undefined && !isStdin(input) && !context.files.exists(input)) {
    throw new CliError(`open ${input}: no such file or directory`, { hint: '--secret-file names the file to read' })
  }
  // Sealed or opened, kubeseal keeps what it writes to its owner.
  const destination: Destination = {
    path: flags.string('sealed-secret-file'),
    mode: { create: 0o600, existing: 'set' },
  }
  checkDestination(context, destination)
  if (flags.bool('recovery-unseal')) return recover(context, flags, destination)
  if (flags.bool('fetch-cert')) return fetchCert(context, flags, destination)
  return sealSecrets(context, flags, destination)
}

/** A bad flag: the help and what is wrong on stdout, as kubeseal has it; also on stderr, where people look. */
async function parseOrExplain(args: readonly string[], context: Context): Promise<Flags> {
  try {
    return parseFlags(KUBESEAL_FLAGS, args, context.env)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    context.stderr.write('Usage of kubeseal:\n')
    context.stdout.write(`${await helpText()}${error.message}\n`)
    throw error
  }
}

async function helpText(): Promise<string> {
  return (await import('../help/kubeseal.ts')).KUBESEAL_HELP
}

const UNSUPPORTED = ['merge-into', 'raw', 're-encrypt', 'rotate', 'validate']

/** Doing something else than asked could seal the wrong thing, so nothing is done. */
function refuseUnsupported(flags: Flags): void {
  if (flags.given('from-file') && !flags.bool('raw')) throw new CliError('--from-file requires --raw')
  const name = UNSUPPORTED.find((each) =>
    KUBESEAL_FLAGS[each]?.type === 'bool' ? flags.bool(each) : flags.string(each) !== undefined,
  )
  if (name !== undefined)
    throw new UsageError(`--${name} is not supported by this version of waxseal's kubeseal`, {
      hint: 'nothing was done',
    })
  const [first] = flags.positional
  if (first !== undefined) {
    throw new UsageError(`unexpected argument: ${first}`, {
      hint: 'the file to seal is named with -f, or comes from standard input',
    })
  }
}

function inputOf(flags: Flags): string {
  const path = flags.string('secret-file')
  return path === undefined || isStdin(path) ? '-' : path
}

async function recover(context: Context, flags: Flags, destination: Destination): Promise<void> {
  const keys = flags.list('recovery-private-key')
  if (keys.length === 0) throw new CliError('--recovery-unseal needs a private key: --recovery-private-key FILE')
  await unsealInputs(context, {
    inputs: [inputOf(flags)],
    destination,
    layout: { style: 'kubeseal', format: outputFormat(flags) },
    keys,
    ownerReference: true,
  })
}

async function fetchCert(context: Context, flags: Flags, destination: Destination): Promise<void> {
  const { text } = await fetchCertificate(context, { cert: flags.string('cert'), cluster: clusterOf(flags) })
  writeResult(context, destination, text)
}

async function sealSecrets(context: Context, flags: Flags, destination: Destination): Promise<void> {
  if (flags.list('recovery-private-key').length > 0) {
    throw new CliError('--recovery-private-key is only for --recovery-unseal', {
      hint: 'add --recovery-unseal, or leave it away to seal',
    })
  }
  const scope = flags.string('scope')
  await sealInputs(context, {
    inputs: [inputOf(flags)],
    destination,
    layout: { style: 'kubeseal', format: outputFormat(flags) },
    certificate: { cert: flags.string('cert'), cluster: clusterOf(flags) },
    scope: scope === undefined ? undefined : parseScope(scope),
    namespace: flags.string('namespace'),
    name: flags.string('name'),
    allowEmpty: flags.bool('allow-empty-data'),
    noteSealedWith: false,
  })
}

/** JSON unless told otherwise; the extension of -w beats -o. */
function outputFormat(flags: Flags): Format {
  if (/\.ya?ml$/.test(flags.string('sealed-secret-file') ?? '')) return 'yaml'
  const asked = flags.string('format') ?? 'json'
  const format = asked.toLowerCase()
  if (format === 'json' || format === 'yaml') return format
  throw new CliError(`unsupported output format: ${asked}`, { hint: 'use json or yaml' })
}

function clusterOf(flags: Flags): ClusterOptions {
  const timeout = flags.string('request-timeout')
  return {
    kubeconfig: flags.string('kubeconfig'),
    context: flags.string('context'),
    controllerName: flags.string('controller-name') ?? CONTROLLER.name,
    controllerNamespace: flags.string('controller-namespace') ?? CONTROLLER.namespace,
    overrides: {
      cluster: flags.string('cluster'),
      user: flags.string('user'),
      server: flags.string('server'),
      tlsServerName: flags.string('tls-server-name'),
      insecureSkipTlsVerify: flags.bool('insecure-skip-tls-verify') || undefined,
      certificateAuthority: flags.string('certificate-authority'),
      proxyUrl: flags.string('proxy-url'),
      token: flags.string('token'),
      username: flags.string('username'),
      password: flags.string('password'),
      clientCertificate: flags.string('client-certificate'),
      clientKey: flags.string('client-key'),
      as: flags.string('as'),
      asUid: flags.string('as-uid'),
      asGroups: flags.list('as-group'),
      requestTimeout: timeout === undefined ? undefined : parseTimeout(timeout),
    },
  }
}
