import type { CompletedFlag, Line, Words } from './grammar.ts'

/**
 * Completion for bash, from 3.2 (macOS) on and without the package bash-completion. File names are left to readline, which quotes them:
 * `-o default` takes over wherever the function offers nothing, and is switched off where files would be wrong.
 */
export function bash(lines: readonly Line[]): string {
  const programs = lines.filter(({ command }) => !command.includes(' ')).map(({ command }) => command)
  return `# bash completion for ${programs.join(' and ')}. To load it: source <(waxseal completion bash)

# Flags of a command.
_waxseal_flags() {
  case $1 in
${lines.map(({ command, flags }) => `    '${command}') echo '${flags.flatMap(spellings).join(' ')}' ;;`).join('\n')}
  esac
}

# What follows a command or a flag: words, or "=" for a file and "?" for what cannot be completed; nothing for a flag without a value.
_waxseal_words() {
  case $1 in
${lines.flatMap(wordCases).join('\n')}
  esac
}

_waxseal() {
  local current=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[0]##*/} flag= words= ended= word index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    # Bash splits --flag=value in three.
    if [[ $word == = ]]; then continue; fi
    if [[ -n $flag ]]; then flag=; continue; fi
    if [[ $word == -- ]]; then ended=1; fi
    if [[ -n $ended ]]; then continue; fi
    if [[ $word == -* ]]; then
      if [[ -n $(_waxseal_words "$command $word") ]]; then flag=$word; fi
    elif [[ -n $(_waxseal_flags "$command $word") || "$command $word" == 'waxseal help' ]]; then
      command="$command $word"
    fi
  done
  if [[ $current == = ]]; then current=; fi
  if [[ -n $flag ]]; then words=$(_waxseal_words "$command $flag")
  elif [[ $current == -* && -z $ended ]]; then words=$(_waxseal_flags "$command")
  else words=$(_waxseal_words "$command")
  fi
  if [[ $words == = ]]; then return; fi
  compopt +o default 2>/dev/null
  if [[ $words != '?' ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}

complete -o default -F _waxseal ${programs.join(' ')}
`
}

function spellings({ name, letter }: CompletedFlag): readonly string[] {
  return letter === undefined ? [`--${name}`] : [`-${letter}`, `--${name}`]
}

function wordCases({ command, flags, operands }: Line): readonly string[] {
  const valued = flags.flatMap((flag) => {
    if (flag.value === undefined) return []
    return [
      `    ${spellings(flag)
        .map((word) => `'${command} ${word}'`)
        .join(' | ')}) echo '${shown(flag.value)}' ;;`,
    ]
  })
  return [`    '${command}') echo '${shown(operands)}' ;;`, ...valued]
}

function shown(words: Words): string {
  if (words.kind === 'choice') return words.choices.map(({ word }) => word).join(' ')
  return words.kind === 'file' ? '=' : '?'
}
