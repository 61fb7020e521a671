/** kubeseal's command line: its flags, its order of precedence, its exit codes. The work is that of waxseal's commands. */
import { parseScope } from '@waxseal/core'
import { isStdin } from '../commands/options.ts'
import { checkDestination, type Destination, writeResult } from '../commands/result.ts'
import { unsealInputs } from '../commands/unseal.ts'
import type { Context } from '../context.ts'
import { type Flags, parseFlags } from '../flags.ts'
import { fetchCertificate } from '../io/certificate.ts'
import { CliError, UsageError } from '../messages.ts'
import type { Program } from '../run.ts'
import { sealInputs } from '../sealing/inputs.ts'
import { VERSION } from '../version.ts'
import { KUBESEAL_FLAGS } from './flags.ts'
import { mergeInto } from './merge.ts'
import { clusterOf, destinationOf, inputOf, outputFormat } from './options.ts'
import { sealBareValue } from './raw.ts'
import { reEncrypt } from './re-encrypt.ts'
import { validate } from './validate.ts'

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
  refuseUnclear(flags)
  const input = flags.string('secret-file')
  if (input !== undefined && !isStdin(input) && !context.files.exists(input)) {
    throw new CliError(`open ${input}: no such file or directory`, { hint: '--secret-file names the file to read' })
  }
  const destination = destinationOf(flags)
  checkDestination(context, destination)
  if (flags.bool('recovery-unseal')) return recover(context, flags, destination)
  if (flags.bool('validate')) return validate(context, flags)
  if (flags.bool('rotate')) {
    context.stderr.write('Flag --rotate has been deprecated, please use --re-encrypt instead\n')
  }
  if (flags.bool('re-encrypt') || flags.bool('rotate')) return reEncrypt(context, flags)
  if (flags.bool('fetch-cert')) return fetchCert(context, flags, destination)
  const target = flags.string('merge-into')
  if (target !== undefined) return mergeInto(context, flags, target)
  if (flags.bool('raw')) return sealBareValue(context, flags)
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

/** Doing something else than asked could seal the wrong thing, so nothing is done. */
function refuseUnclear(flags: Flags): void {
  if (flags.given('from-file') && !flags.bool('raw')) throw new CliError('--from-file requires --raw')
  const [first] = flags.positional
  if (first !== undefined) {
    throw new UsageError(`unexpected argument: ${first}`, {
      hint: 'the file to seal is named with -f, or comes from standard input',
    })
  }
}

async function recover(context: Context, flags: Flags, destination: Destination): Promise<void> {
  const keys = flags.list('recovery-private-key')
  if (keys.length === 0) throw new CliError('--recovery-unseal needs a private key: --recovery-private-key FILE')
  await unsealInputs(context, {
    inputs: [inputOf(flags)],
    destination,
    layout: { style: 'kubeseal', format: outputFormat(flags) },
    keys: { files: keys, cluster: undefined },
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
    cluster: clusterOf(flags),
    scope: scope === undefined ? undefined : parseScope(scope),
    namespace: flags.string('namespace'),
    name: flags.string('name'),
    allowEmpty: flags.bool('allow-empty-data'),
    noteSealedWith: false,
  })
}
