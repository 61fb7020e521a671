import type { Choice, CompletedFlag, Line, Words } from './grammar.ts'

/** Completion for zsh: a function that can be loaded from a folder of fpath as `_waxseal`, and by `source`. */
export function zsh(lines: readonly Line[]): string {
  const programs = lines.filter(({ command }) => !command.includes(' ')).map(({ command }) => command)
  return `#compdef ${programs.join(' ')}
# zsh completion for ${programs.join(' and ')}. To load it: source <(waxseal completion zsh), behind compinit; or save it
# as _waxseal in a folder of fpath.

_waxseal() {
  # The program is called by its name here, whatever the path to it, and each command takes one word more away.
  _waxseal_line "\${words[1]:t}"
}

_waxseal_line() {
  local -a choices
  case $1 in
${lines.map(caseOf).join('\n')}
  esac
}

# A command of a group: its words are those behind it.
_waxseal_group() {
  local name=$1
  shift
  if (( CURRENT == 2 )); then
    _describe -t commands command choices
  elif (( CURRENT > 2 )); then
    local next="$name $words[2]"
    shift words
    (( CURRENT-- ))
    _waxseal_line "$next"
  fi
}

if [[ $funcstack[1] == _waxseal ]]; then
  _waxseal "$@"
else
  compdef _waxseal ${programs.join(' ')}
fi
`
}

function caseOf(line: Line, _: number, lines: readonly Line[]): string {
  const { command, flags, operands } = line
  const isGroup = lines.some((other) => other.command.startsWith(`${command} `))
  if (isGroup && operands.kind === 'choice') {
    return `    ${quote(command)})
      choices=(${operands.choices.map(described).join(' ')})
      _waxseal_group ${quote(command)}
      ;;`
  }
  const specs = [...flags.map(spec), quote(`*:${nameOf(operands)}:${action(operands)}`)]
  return `    ${quote(command)})
      _arguments -s -S ${specs.join(' \\\n        ')}
      ;;`
}

/** `'(-f --file)'{-f+,--file=}'[text]:FILE:_files'`, or with a `*` for what may be given again. */
function spec(flag: CompletedFlag): string {
  const { name, letter, text, value, valueName, repeatable } = flag
  const long = value === undefined ? `--${name}` : `--${name}=`
  const short = letter === undefined ? undefined : value === undefined ? `-${letter}` : `-${letter}+`
  const rest = quote(`[${literal(text)}]${value === undefined ? '' : `:${literal(valueName)}:${action(value)}`}`)
  const others = quote(repeatable ? '*' : `(${letter === undefined ? '' : `-${letter} `}--${name})`)
  return short === undefined ? `${others}${long}${rest}` : `${others}{${short},${long}}${rest}`
}

function action(words: Words): string {
  if (words.kind === 'file') return '_files'
  return words.kind === 'any' ? ' ' : `(${words.choices.map(({ word }) => word).join(' ')})`
}

function nameOf(words: Words): string {
  return words.kind === 'file' ? 'file' : words.kind === 'any' ? 'argument' : 'choice'
}

function described({ word, text }: Choice): string {
  return quote(text === '' ? word : `${word.replaceAll(':', '\\:')}:${text}`)
}

/** What has a meaning in a spec of _arguments. */
function literal(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, '\\$&')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
