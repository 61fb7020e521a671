import type { CompletedFlag, Line, Words } from './grammar.ts'

/** Completion for fish: `complete` lines, each with the command that it is for. */
export function fish(lines: readonly Line[]): string {
  const groups = lines.filter(({ command }) => lines.some((other) => other.command.startsWith(`${command} `)))
  const programs = lines.filter(({ command }) => !command.includes(' ')).map(({ command }) => command)
  return `# fish completion for ${programs.join(' and ')}. To load it: waxseal completion fish | source

# The command that is being written: a group's name takes one word more.
function __waxseal_command
    set -l words (commandline -opc)
    set -l command (basename $words[1])
    for word in $words[2..]
        contains -- $command ${groups.map(({ command }) => quote(command)).join(' ')}; or break
        set command "$command $word"
    end
    echo $command
end

function __waxseal_is
    test (__waxseal_command) = "$argv"
end

${programs.map((program) => `complete -c ${program} -f`).join('\n')}
${lines.flatMap(linesOf).join('\n')}
`
}

function linesOf({ command, flags, operands }: Line): readonly string[] {
  const [program = ''] = command.split(' ')
  const begin = `complete -c ${program} -n ${quote(`__waxseal_is ${command}`)}`
  return [...operandLines(begin, operands), ...flags.map((flag) => flagLine(begin, flag))]
}

function operandLines(begin: string, operands: Words): readonly string[] {
  if (operands.kind === 'file') return [`${begin} -F`]
  if (operands.kind === 'any') return []
  return operands.choices.map(({ word, text }) => `${begin} -a ${word}${text === '' ? '' : ` -d ${quote(text)}`}`)
}

function flagLine(begin: string, { name, letter, text, value }: CompletedFlag): string {
  const spelling = `-l ${name}${letter === undefined ? '' : ` -s ${letter}`}`
  return `${begin} ${spelling}${value === undefined ? '' : ` ${valueFlags(value)}`} -d ${quote(text)}`
}

function valueFlags(words: Words): string {
  if (words.kind === 'file') return '-r -F'
  return words.kind === 'any' ? '-x' : `-x -a ${quote(words.choices.map(({ word }) => word).join(' '))}`
}

/** In single quotes, where only these two mean something. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
