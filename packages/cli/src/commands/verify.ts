import { writeJson } from '@waxseal/core/documents'
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { loadKeys } from '../io/keys.ts'
import { CliError, UsageError } from '../messages.ts'
import { manifestPaths } from '../reseal/find.ts'
import { type Row, type Verifier, verifyFiles, withCluster, withKeys } from '../reseal/verify.ts'
import type { Command } from './command.ts'
import { CLUSTER_FLAGS, clusterOptions, KEY_FLAGS, keySource } from './options.ts'

export const verify: Command = {
  flags: {
    ...CLUSTER_FLAGS,
    ...KEY_FLAGS,
    namespace: { type: 'string', letter: 'n' },
    output: { type: 'string', letter: 'o', check: (value) => void parseOutput(value) },
  },
  async run(context, flags) {
    const paths = manifestPaths(flags.positional)
    const output = parseOutput(flags.string('output') ?? 'text')
    const rows = await withVerifier(context, flags, (verifier) =>
      verifyFiles(context, verifier, paths, flags.string('namespace')),
    )
    if (rows.length === 0) {
      const hint = 'is it the right folder? Ignored files are left out'
      throw new CliError(`no SealedSecret in ${flags.positional.join(', ')}`, { hint })
    }
    context.stdout.write(output === 'json' ? writeJson(rows.map(shown)) : rows.map(lines).join(''))
    const failed = rows.filter(({ opens }) => !opens).length
    if (failed === 0) return context.stderr.write(`${counted(rows.length)} can be opened\n`)
    throw new CliError(`${failed} of ${counted(rows.length)} cannot be opened`, { hint: HINT })
  },
}

const HINT =
  'a value opens with a key that it was sealed for, and only under the name, namespace and scope that it was sealed for'

type Output = 'text' | 'json'

function parseOutput(text: string): Output {
  const output = text.toLowerCase()
  if (output !== 'text' && output !== 'json')
    throw new UsageError(`unsupported output format: ${text}, use text or json`)
  return output
}

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

function shown({ file, namespace, name, opens, items, error }: Row): object {
  return { file, namespace, name, opens, items, error }
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
