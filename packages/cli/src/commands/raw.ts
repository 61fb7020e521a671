import { parseScope } from '@waxseal/core'
import { sealRaw } from '../inplace/raw.ts'
import { valueFromInput, valueOfFile } from '../inplace/value.ts'
import { UsageError } from '../messages.ts'
import { outputOf, writeData } from '../output/format.ts'
import type { Command } from './command.ts'
import { CERT_FLAGS, clusterOptions, isStdin, SCOPE_FLAG } from './options.ts'

const OUTPUT = outputOf('json', 'yaml')

export const raw: Command = {
  flags: {
    ...CERT_FLAGS,
    ...SCOPE_FLAG,
    file: { type: 'array', letter: 'f' },
    namespace: { type: 'string', letter: 'n' },
    name: { type: 'string' },
    ...OUTPUT.flags,
  },
  async run(context, flags) {
    const [path = '-', ...others] = [...flags.list('file'), ...flags.positional]
    if (others.length > 0) throw new UsageError('one value at a time: at most one FILE')
    const output = OUTPUT.of(flags)
    const sealed = await sealRaw(context, {
      scope: parseScope(flags.string('scope') ?? 'strict'),
      name: flags.string('name'),
      namespace: flags.string('namespace'),
      certificate: { cert: flags.string('cert'), cluster: clusterOptions(flags) },
      value: () => (isStdin(path) ? valueFromInput(context, 'Value') : valueOfFile(context, 'FILE ', path)),
    })
    context.stdout.write(output === undefined ? sealed.value : await writeData(output, sealed))
  },
}
