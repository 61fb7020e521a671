import { isSealedSecret, type OpenedSecret, parseSealedSecret, secretObject, unsealSecret } from '@waxseal/core'
import type { Context } from '../context.ts'
import { type KeySource, loadKeys } from '../io/keys.ts'
import { collectAll, convertAll } from '../manifests/convert.ts'
import { manifestsOf } from '../manifests/find.ts'
import { shellVariables, writeValueFiles } from '../manifests/opened.ts'
import type { Layout } from '../manifests/render.ts'
import { parseSources, readInputs, type Source } from '../manifests/source.ts'
import { renderTemplate } from '../manifests/template.ts'
import { UsageError } from '../messages.ts'
import { outputOf } from '../output/format.ts'
import type { Command } from './command.ts'
import { CLUSTER_FLAGS, FILE_FLAGS, formatOfPath, inputPaths, KEY_FLAGS, requiredKeys } from './options.ts'
import { checkDestination, type Destination, isStdout, writeResult } from './result.ts'

const OUTPUT = outputOf('json', 'yaml', 'env', 'name')

/** An opened Secret is for its owner alone, also where a wider file is replaced. */
const PRIVATE = { create: 0o600, existing: 'set' } as const

export const unseal: Command = {
  flags: {
    ...FILE_FLAGS,
    ...KEY_FLAGS,
    ...CLUSTER_FLAGS,
    ...OUTPUT.flags,
    'output-dir': { type: 'string' },
    'dry-run': { type: 'bool' },
  },
  async run(context, flags) {
    const keys = requiredKeys(flags)
    const [write, folder, given] = [flags.string('write'), flags.string('output-dir'), OUTPUT.of(flags)]
    const inputs = manifestsOf(context, inputPaths(flags), 'SealedSecret')
    const dryRun = flags.bool('dry-run')
    if (folder !== undefined) {
      if (write !== undefined || given !== undefined)
        throw new UsageError('--output-dir writes files of bare values: it excludes --write and --output')
      const secrets = await openAll(context, { inputs, keys })
      context.stdout.write(
        writeValueFiles(context, folder, secrets, dryRun)
          .map((path) => `${path}\n`)
          .join(''),
      )
      return
    }
    const output = given ?? formatOfPath(write)
    const destination = { path: write, mode: PRIVATE }
    if (output === 'name') {
      if (write !== undefined) throw new UsageError('-o name writes no file: it excludes --write')
      return context.stdout.write((await openAll(context, { inputs, keys })).map(nameLine).join(''))
    }
    if (output === 'env') {
      checkDestination(context, destination)
      writeOpened(context, destination, shellVariables(await openAll(context, { inputs, keys })), dryRun)
      return
    }
    const layout = { style: 'source', format: output } as const
    await unsealInputs(context, { inputs, destination, layout, keys, ownerReference: false, dryRun })
  },
}

/** As kubectl prints names. */
const nameLine = ({ metadata: { name } }: OpenedSecret): string => `secret/${name}\n`

interface Inputs {
  readonly inputs: readonly string[]
  readonly keys: KeySource
}

export interface UnsealRequest extends Inputs {
  readonly destination: Destination
  readonly layout: Layout
  /** Whether the Secrets name their SealedSecret as owner, as those that a controller makes. */
  readonly ownerReference: boolean
  readonly dryRun?: boolean
}

/** Opens every SealedSecret of the inputs with private keys. All or nothing. */
export async function unsealInputs(context: Context, request: UnsealRequest): Promise<void> {
  checkDestination(context, request.destination)
  const { sources, open } = await prepare(context, request, request.ownerReference)
  const convert = async (value: unknown): Promise<unknown> => secretObject(await open(value))
  const text = await convertAll(sources, { ...SEALED, convert }, request.layout)
  writeOpened(context, request.destination, text, request.dryRun === true)
}

/** With `dryRun` all is opened, and nothing of it shown that was to go to a file. */
function writeOpened(context: Context, destination: Destination, text: string, dryRun: boolean): void {
  if (dryRun && !isStdout(destination.path)) context.stderr.write(`${destination.path} would be written (dry run)\n`)
  else writeResult(context, destination, text)
}

/** The Secrets themselves; what else is in the inputs is passed over. */
async function openAll(context: Context, inputs: Inputs): Promise<readonly OpenedSecret[]> {
  const { sources, open } = await prepare(context, inputs, false)
  return collectAll(sources, SEALED, open)
}

const SEALED = { kind: 'SealedSecret', is: isSealedSecret } as const

interface Prepared {
  readonly sources: readonly Source[]
  readonly open: (value: unknown) => Promise<OpenedSecret>
}

async function prepare(context: Context, { inputs, keys }: Inputs, ownerReference: boolean): Promise<Prepared> {
  const ring = await loadKeys(context, keys)
  const sources = await parseSources(readInputs(context, inputs, 'SealedSecrets'))
  const options = { ring, ownerReference, render: renderTemplate }
  return { sources, open: async (value) => unsealSecret(parseSealedSecret(value), options) }
}
