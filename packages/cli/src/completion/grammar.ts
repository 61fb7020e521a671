/** What completion knows of the command lines: taken from the help pages, so that nothing is completed that is not explained. */
import { GIT_PAGES } from '../git/help.ts'
import { KUBESEAL_HELP } from '../help/kubeseal.ts'
import { argumentsOf, commandsOf, flagsOf, topicsOf } from '../help/page.ts'
import { PAGES } from '../help/pages.ts'
import { isFile, valuesOf } from '../help/values.ts'

/** What a word may be: one of these, a file, or anything, which cannot be completed. */
export type Words =
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'any' }

export interface Choice {
  readonly word: string
  /** Empty where the word says it all. */
  readonly text: string
}

export interface CompletedFlag {
  readonly name: string
  readonly letter: string | undefined
  readonly text: string
  readonly repeatable: boolean
  /** Undefined for a flag without a value. */
  readonly value: Words | undefined
  /** What the value is called. */
  readonly valueName: string
}

/** One command line: a program with a command or without. */
export interface Line {
  /** `waxseal`, `waxseal seal`, `waxseal git init`, `kubeseal`. */
  readonly command: string
  readonly flags: readonly CompletedFlag[]
  /** What follows the command, beside flags; for a group of commands the commands. */
  readonly operands: Words
}

/** All lines there are. */
export function grammar(): readonly Line[] {
  const top = Object.entries(PAGES).map(([name, page]) => lineOf(['waxseal', name], page))
  const git = Object.entries(GIT_PAGES).map(([name, page]) => lineOf(['waxseal git', name], page))
  const help: Line = { command: 'waxseal help', flags: [], operands: { kind: 'choice', choices: helpChoices() } }
  return [...top, ...git, help, lineOf(['kubeseal'], KUBESEAL_HELP)]
}

function lineOf(words: readonly string[], page: string): Line {
  const command = words.filter((word) => word !== '').join(' ')
  const flags = flagsOf(page).map(({ name, letter, value, text }): CompletedFlag => {
    const shown = { text: brief(text), repeatable: text.includes('repeatable'), valueName: value ?? '' }
    return { name, letter, ...shown, value: value === undefined ? undefined : wordsOf(value) }
  })
  const help = { name: 'help', letter: 'h', text: 'Explain it', repeatable: false, value: undefined, valueName: '' }
  const all = flags.some(({ name }) => name === 'help') ? flags : [...flags, help]
  return { command, flags: all, operands: operandsOf(page, command) }
}

function operandsOf(page: string, command: string): Words {
  const commands = commandsOf(page)
  if (commands.size > 0) return { kind: 'choice', choices: choicesOf(commands) }
  const operands = command === 'kubeseal' ? '' : argumentsOf(page, command).replace('[FLAGS]', '').trim()
  return /(FILE|PATH|DIR)\b/.test(operands) ? { kind: 'file' } : wordsOf(operands)
}

function wordsOf(value: string): Words {
  const values = valuesOf(value)
  if (values.length > 0) return { kind: 'choice', choices: values.map((word) => ({ word, text: '' })) }
  return { kind: isFile(value) ? 'file' : 'any' }
}

function helpChoices(): readonly Choice[] {
  const general = PAGES[''] ?? ''
  return [...choicesOf(commandsOf(general)), ...choicesOf(topicsOf(general))]
}

function choicesOf(entries: ReadonlyMap<string, string>): readonly Choice[] {
  return [...entries].map(([word, text]) => ({ word, text: brief(text) }))
}

/** The first thing said, short enough to stand beside a word. */
function brief(text: string): string {
  const [first = ''] = text.split(/[;:(]|\. |, (?=repeatable|without|instead|replaced|SEALED)/)
  return first.trim().replace(/[,.]$/, '')
}
