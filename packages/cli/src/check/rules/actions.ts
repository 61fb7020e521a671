/** Actions of Helm's templates in a text. Looked for without patterns, which could take for ever on a text that somebody made for it. */

/** Private use: no manifest has it, and YAML takes it for a letter. */
export const STAND_IN = '\uE000'

/** In front of the stand-ins of an action that says in plain text what is there otherwise. */
const STAND_IN_DEFAULT = '\uE001'

interface Action {
  readonly start: number
  readonly end: number
}

/** From `{{` to the next `}}`. */
function actionsIn(text: string): readonly Action[] {
  const found: Action[] = []
  for (let start = text.indexOf('{{'); start !== -1; ) {
    const close = text.indexOf('}}', start + 2)
    if (close === -1) break
    found.push({ start, end: close + 2 })
    start = text.indexOf('{{', close + 2)
  }
  return found
}

/** Whether there is an action in the text. */
export function hasAction(text: string): boolean {
  const start = text.indexOf('{{')
  return start !== -1 && text.includes('}}', start + 2)
}

/** `default "hunter2"`, in a pipe or not. */
const DEFAULT = /\bdefault\s+(?:"[^"\n]{3,}"|`[^`\n]{3,}`)/

/** Whether an action in the text has a default that can be read. */
export function hasDefault(text: string): boolean {
  return (
    text.includes(STAND_IN_DEFAULT) || actionsIn(text).some(({ start, end }) => isDefaulted(text.slice(start, end)))
  )
}

const isDefaulted = (action: string): boolean => DEFAULT.test(action.slice(0, 1000))

/** The text with its actions replaced by as many characters; line ends stay. */
function replaced(text: string, letterFor: (action: string, index: number) => string | undefined): string {
  const parts: string[] = []
  let from = 0
  for (const { start, end } of actionsIn(text)) {
    const action = text.slice(start, end)
    const letter = letterFor(action, start)
    const blanked = letter === undefined ? action : action.replace(/[^\r\n]/g, letter)
    parts.push(
      text.slice(from, start),
      letter === STAND_IN && isDefaulted(action) ? STAND_IN_DEFAULT + blanked.slice(1) : blanked,
    )
    from = end
  }
  return parts.join('') + text.slice(from)
}

/** Actions that show nothing themselves: conditions, loops, definitions, comments. */
const CONTROL = /^\{\{-?\s*(?:(?:if|else|end|range|with|define|block|break|continue)\b|\/\*|\$\w+\s*:?=)/

/** The text without them, of the same length and lines. */
export function withoutControl(text: string): string {
  return replaced(text, (action) => (CONTROL.test(action.slice(0, 200)) ? ' ' : undefined))
}

/**
 * A Helm template as YAML of the same length and lines: actions on lines of their own become spaces, all others letters. Parses where
 * the template is indented like its output.
 */
export function blankActions(template: string): string {
  const text = withoutControl(template)
  const lines = replaced(text, () => ' ').split('\n')
  const isBlank = lines.map((line) => line.trim() === '')
  let [line, lineEnd] = [0, lines[0]?.length ?? 0]
  return replaced(text, (action, index) => {
    while (index > lineEnd) lineEnd += 1 + (lines[++line]?.length ?? 0)
    const last = line + action.split('\n').length - 1
    return isBlank[line] === true && isBlank[last] === true ? ' ' : STAND_IN
  })
}
