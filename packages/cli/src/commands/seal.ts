import { parseScope, type SealedSecret } from '@waxseal/core'
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { openFile } from '../inplace/file.ts'
import { loadKeys } from '../io/keys.ts'
import { manifestsOf } from '../manifests/find.ts'
import { UsageError } from '../messages.ts'
import { outputOf } from '../output/format.ts'
import { loadClusters, type NamedCertificate, namedCertificates } from '../sealing/clusters.ts'
import { sealToFiles } from '../sealing/files.ts'
import { type SealSettings, sealInputs } from '../sealing/inputs.ts'
import { type Keeper, keeperFor, sealedSecretsIn } from '../sealing/keep.ts'
import type { Command } from './command.ts'
import {
  CLUSTER_FLAGS,
  clusterOptions,
  FILE_FLAGS,
  formatOfPath,
  inputPaths,
  KEY_FLAGS,
  keySource,
  SCOPE_FLAG,
} from './options.ts'

const OUTPUT = outputOf('json', 'yaml', 'name')

/** A sealed value is public: readable by all, as git checks files out. An existing file keeps its mode. */
const PUBLIC = { create: 0o644, existing: 'keep' } as const

export const seal: Command = {
  flags: {
    ...FILE_FLAGS,
    ...CLUSTER_FLAGS,
    ...SCOPE_FLAG,
    ...KEY_FLAGS,
    ...OUTPUT.flags,
    cert: { type: 'array' },
    'output-template': { type: 'string' },
    'dry-run': { type: 'bool' },
    namespace: { type: 'string', letter: 'n' },
    name: { type: 'string' },
    'allow-empty-data': { type: 'bool' },
  },
  async run(context, flags) {
    const scope = flags.string('scope')
    const settings: SealSettings = {
      cluster: clusterOptions(flags),
      scope: scope === undefined ? undefined : parseScope(scope),
      namespace: flags.string('namespace'),
      name: flags.string('name'),
      allowEmpty: flags.bool('allow-empty-data'),
      noteSealedWith: true,
    }
    const given = flags.list('cert')
    const certificates = namedCertificates(context, given.length > 0 ? given : variable(context))
    const template = flags.string('output-template')
    if (template === undefined) await intoOne(context, flags, settings, certificates)
    else await intoMany(context, flags, settings, { template, certificates })
  },
}

/** The variable counts where the flag is not given. */
const variable = ({ env }: Context): readonly string[] => (env.SEALED_SECRETS_CERT ? [env.SEALED_SECRETS_CERT] : [])

async function intoOne(
  context: Context,
  flags: Flags,
  settings: SealSettings,
  certificates: readonly NamedCertificate[],
): Promise<void> {
  const [write, output] = [flags.string('write'), OUTPUT.of(flags)]
  if (certificates.length > 1) {
    throw new UsageError('several certificates need a file for each result', {
      hint: "--output-template 'clusters/{cluster}/{name}.yaml' says which",
    })
  }
  if (output === 'name' && write === undefined)
    throw new UsageError('-o name is for what is written to files: with --write or --output-template')
  const keeper = await keeperOf(context, flags, write)
  const sealed = await sealInputs(context, {
    ...settings,
    inputs: manifestsOf(context, inputPaths(flags), 'Secret'),
    destination: { path: write, mode: PUBLIC },
    layout: { style: 'source', format: output === undefined || output === 'name' ? formatOfPath(write) : output },
    certificate: { cert: certificates[0]?.cert, cluster: settings.cluster },
    dryRun: flags.bool('dry-run'),
    ...(keeper === undefined ? {} : { keeper }),
  })
  if (output === 'name') context.stdout.write(sealed.map(nameLine).join(''))
}

/** With a private key and a file that is there: what knows which of its values did not change. */
async function keeperOf(context: Context, flags: Flags, path: string | undefined): Promise<Keeper | undefined> {
  const source = keySource(flags)
  if (source === undefined) return undefined
  if (path === undefined) {
    throw new UsageError('--key and --from-cluster keep values of a file: with --write or --output-template')
  }
  const ring = await loadKeys(context, source)
  if (!context.files.exists(path)) return undefined
  return keeperFor(ring, sealedSecretsIn((await openFile(context, path)).documents))
}

async function intoMany(
  context: Context,
  flags: Flags,
  settings: SealSettings,
  { template, certificates }: { template: string; certificates: readonly NamedCertificate[] },
): Promise<void> {
  if (flags.string('write') !== undefined) throw new UsageError('--write and --output-template exclude each other')
  const output = OUTPUT.of(flags)
  if (output !== undefined && output !== 'name')
    throw new UsageError('--output-template chooses the format by the file name: .json or .yaml')
  const dryRun = flags.bool('dry-run')
  const source = keySource(flags)
  const results = await sealToFiles(context, {
    ...settings,
    inputs: manifestsOf(context, inputPaths(flags), 'Secret'),
    template,
    clusters: () => loadClusters(context, certificates, settings.cluster),
    ring: async () => (source === undefined ? undefined : loadKeys(context, source)),
    dryRun,
  })
  const changed = results.filter(({ same }) => !same)
  const lines =
    output === undefined ? changed.map(({ path }) => `${path}\n`) : results.map(({ sealed }) => nameLine(sealed))
  context.stdout.write(lines.join(''))
  const same = results.length - changed.length
  const rest = same === 0 ? '' : `, ${same} as ${same === 1 ? 'it was' : 'they were'}`
  context.stderr.write(`${count(changed.length)} written${rest}${dryRun ? ' (dry run: nothing is written)' : ''}\n`)
}

const count = (files: number): string => `${files} ${files === 1 ? 'file' : 'files'}`

/** As kubectl prints names. */
const nameLine = ({ metadata: { name } }: SealedSecret): string => `sealedsecret.bitnami.com/${name}\n`
