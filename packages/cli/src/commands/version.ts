import { VERSION } from '../version.ts'
import type { Command } from './command.ts'
import { refuseArguments } from './options.ts'

export const version: Command = {
  flags: {},
  run(context, flags) {
    refuseArguments(flags)
    context.stdout.write(`waxseal version: ${VERSION}\n`)
  },
}
