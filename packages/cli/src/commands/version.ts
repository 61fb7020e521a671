import { outputOf, writeData } from '../output/format.ts'
import { VERSION } from '../version.ts'
import type { Command } from './command.ts'
import { refuseArguments } from './options.ts'

const OUTPUT = outputOf('json', 'yaml')

export const version: Command = {
  flags: OUTPUT.flags,
  async run(context, flags) {
    refuseArguments(flags)
    const output = OUTPUT.of(flags)
    const { version: node, platform, arch } = process
    const data = { version: VERSION, node: node.slice(1), platform: `${platform}/${arch}` }
    context.stdout.write(output === undefined ? `waxseal version: ${VERSION}\n` : await writeData(output, data))
  },
}
