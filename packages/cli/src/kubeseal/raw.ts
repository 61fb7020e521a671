/** `--raw`: seals one bare value, byte for byte. */
import { Plaintext, parseScope } from '@waxseal/core'
import { isStdin } from '../commands/options.ts'
import { writeResult } from '../commands/result.ts'
import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { sealRaw } from '../inplace/raw.ts'
import { CliError } from '../messages.ts'
import { clusterOf, destinationOf, inputOf } from './options.ts'

/** What a Secret can hold. */
const LIMIT = 1024 * 1024

export async function sealBareValue(context: Context, flags: Flags): Promise<void> {
  const path = valuePath(flags)
  const { value } = await sealRaw(context, {
    scope: parseScope(flags.string('scope') ?? 'strict'),
    name: flags.string('name'),
    namespace: flags.string('namespace'),
    certificate: { cert: flags.string('cert'), cluster: clusterOf(flags) },
    value: () => Plaintext.of(path === undefined ? readInput(context) : context.files.read(path, LIMIT)),
  })
  writeResult(context, destinationOf(flags), value)
}

/** The file that --from-file names, `[NAME=]PATH`; undefined: standard input. */
function valuePath(flags: Flags): string | undefined {
  const [item, ...others] = flags.list('from-file')
  if (others.length > 0) {
    throw new CliError('must provide only one --from-file when encrypting a single item with --raw', {
      hint: 'a comma separates several: put a name that has one in quotes, --from-file \'"a,b"\'',
    })
  }
  if (item === undefined && inputOf(flags) !== '-') {
    throw new CliError('--raw takes its value from standard input or --from-file, not from -f (--secret-file)', {
      hint: `--raw --from-file ${flags.string('secret-file')} seals the content of that file`,
    })
  }
  const path = item?.slice(item.indexOf('=') + 1)
  return path === undefined || isStdin(path) ? undefined : path
}

function readInput(context: Context): Uint8Array {
  if (context.stdin.isTerminal) context.stderr.write('reading the value from the terminal, shown; end with Ctrl-D\n')
  return context.stdin.read(LIMIT)
}
