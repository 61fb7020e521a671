import type { Shell } from '../completion/scripts.ts'
import { UsageError } from '../messages.ts'
import type { Command } from './command.ts'

export const completion: Command = {
  flags: {},
  async run(context, flags) {
    const [shell, ...others] = flags.positional
    const { completionScripts } = await import('../completion/scripts.ts')
    const script = shell !== undefined && isShell(shell) ? completionScripts[shell] : undefined
    if (script === undefined || others.length > 0) throw new UsageError('one shell is needed: bash, zsh or fish')
    context.stdout.write(script())
  },
}

function isShell(name: string): name is Shell {
  return name === 'bash' || name === 'zsh' || name === 'fish'
}
