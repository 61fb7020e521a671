/** Completion scripts, by shell. In a bundle of its own, with all the help pages that they are made from. */
import { bash } from './bash.ts'
import { fish } from './fish.ts'
import { grammar } from './grammar.ts'
import { zsh } from './zsh.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

export const completionScripts: Readonly<Record<Shell, () => string>> = {
  bash: () => bash(grammar()),
  zsh: () => zsh(grammar()),
  fish: () => fish(grammar()),
}
