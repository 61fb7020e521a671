/** What `keys rotate` and `keys prune` are asked to do. */
import { join } from 'node:path'
import type { ClusterOptions } from '../../cluster/cluster.ts'
import type { Api } from '../../cluster/service.ts'
import { clusterOptions } from '../../commands/options.ts'
import type { Context } from '../../context.ts'
import type { Flags } from '../../flags.ts'
import { askYes } from '../../inplace/terminal.ts'
import { fs } from '../../io/platform.ts'
import { CliError, UsageError } from '../../messages.ts'
import { manifestPaths } from '../../reseal/find.ts'
import type { KeyStore } from '../store/store.ts'

const MANIFEST = /\.(?:ya?ml|json)$/i

/** Where SealedSecrets are, beside the keys. */
export interface Places {
  readonly store: KeyStore
  /** Undefined for a folder. */
  readonly api: Api | undefined
  readonly options: ClusterOptions
  /** The manifests under the PATHs, and those that a controller on a folder opens. */
  readonly files: readonly string[]
}

/** `paths`: what a person named beside the store. */
export async function withPlaces(
  context: Context,
  flags: Flags,
  store: KeyStore,
  use: (places: Places) => Promise<void>,
  paths: readonly string[] = flags.positional,
): Promise<void> {
  const directory = flags.string('directory')
  const named = paths.length === 0 ? [] : manifestPaths(paths)
  const files = [...new Set([...named, ...(directory === undefined ? [] : manifestsIn(join(directory, 'sealed')))])]
  const options = clusterOptions(flags)
  const api = directory === undefined ? await context.connectApi(options) : undefined
  try {
    await use({ store, api, options, files })
  } finally {
    await api?.close()
  }
}

/** All of them, whatever git thinks: the controller opens them all. */
function manifestsIn(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => MANIFEST.test(path) && fs.statSync(path).isFile())
}

/** Asks before each step, unless --yes is given. Throws UsageError where nobody could answer. */
export function confirming(context: Context, flags: Flags): (step: string) => Promise<void> {
  const isAgreed = flags.bool('yes') || flags.bool('dry-run')
  if (!isAgreed && !context.stdin.isTerminal)
    throw new UsageError('nobody is here to be asked: --yes agrees to every step')
  return async (step) => {
    if (isAgreed || (await askYes(`${step}?`, 'no'))) return
    throw new CliError(`stopped before this step: ${step}`, {
      hint: 'what is done stays; the same command goes on from here',
    })
  }
}
