import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { loadKeys } from '../io/keys.ts'
import { CliError } from '../messages.ts'
import { outputOf } from '../output/format.ts'
import { type ItemEntry, type SealedEntry, writeReport } from '../output/report.ts'
import { inputPaths, noneIn } from '../reseal/find.ts'
import { type Row, type Verifier, verifyFiles, withCluster, withKeys } from '../reseal/verify.ts'
import type { Command } from './command.ts'
import { CLUSTER_FLAGS, clusterOptions, KEY_FLAGS, keySource } from './options.ts'

const OUTPUT = outputOf('text', 'name', 'json', 'yaml')

export const verify: Command = {
  flags: {
    ...CLUSTER_FLAGS,
    ...KEY_FLAGS,
    namespace: { type: 'string', letter: 'n' },
    ...OUTPUT.flags,
  },
  async run(context, flags) {
    const paths = inputPaths(flags.positional)
    const output = OUTPUT.of(flags) ?? 'text'
    const rows = await withVerifier(context, flags, (verifier) =>
      verifyFiles(context, verifier, paths, flags.string('namespace')),
    )
    if (output === 'text') context.stdout.write(rows.map(lines).join(''))
    else await writeReport(context, output, rows.map(entryOf), ({ file, opens }) => (opens ? [] : [file]))
    if (rows.length === 0) throw noneIn(flags.positional)
    const failed = rows.filter(({ opens }) => !opens).length
    if (failed === 0) return context.stderr.write(`${counted(rows.length)} can be opened\n`)
    throw new CliError(`${failed} of ${counted(rows.length)} cannot be opened`, { hint: HINT })
  },
}

const HINT =
  'a value opens with a key that it was sealed for, and only under the name, namespace and scope that it was sealed for'

async function withVerifier<T>(context: Context, flags: Flags, use: (verifier: Verifier) => Promise<T>): Promise<T> {
  const keys = keySource(flags)
  if (keys !== undefined) return use(withKeys(await loadKeys(context, keys)))
  const cluster = await context.connect(clusterOptions(flags))
  try {
    return await use(withCluster(cluster))
  } finally {
    await cluster.close()
  }
}

interface Entry extends SealedEntry {
  readonly opens: boolean
  readonly items: readonly (ItemEntry & { readonly opens: boolean; readonly openedBy: string | undefined })[]
}

function entryOf({ file, namespace, name, opens, items, error }: Row): Entry {
  const resultOf = (all: boolean): 'opens' | 'failed' => (all ? 'opens' : 'failed')
  const shown = items.map((item) => ({ ...item, result: resultOf(item.opens) }))
  return { file, namespace, name, result: resultOf(opens), opens, items: shown, error }
}

/** A line for a SealedSecret that opens, or one for each value that does not. */
function lines({ file, title, items, opens, error }: Row): string {
  const where = title === undefined ? file : `${file}: ${title}`
  if (error !== undefined) return `${error.startsWith(file) ? error : `${where}: ${error}`}\n`
  if (opens) return `${where}: ok (${items.length === 1 ? '1 value' : `${items.length} values`})\n`
  const closed = items.filter((item) => !item.opens)
  return closed.map(({ key }) => `${where}: ${key}: cannot be opened\n`).join('')
}

function counted(count: number): string {
  return `${count} SealedSecret${count === 1 ? '' : 's'}`
}
