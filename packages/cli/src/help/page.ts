/**
 * Takes a help page apart. Pages are written by hand for people, in a form that programs can read as well: a flag is a line
 * `  -o, --output json|yaml   What it does` with deeper lines going on with it, a command a line `  name   What it does`, each behind a line
 * that ends with a colon or an empty line, and what a command takes is said behind `Usage: `.
 */

export interface PageFlag {
  readonly name: string
  readonly letter: string | undefined
  /** What the value is called (`FILE`), or the values there are, separated by `|`; undefined for a flag without one. */
  readonly value: string | undefined
  /** All that is said about it, in one line. */
  readonly text: string
}

const FLAG = /^ {2}(?:-(?<letter>\w), | {4})?--(?<name>[\w-]+)(?: (?<value>\S+))?(?: {2,}(?<text>.*))?$/
const COMMAND = /^ {2}(?<name>[a-z][a-z-]*(?: [a-z-]+)*)(?: [A-Z]+)? {2,}(?<text>.*)$/

/** The flags of a page, in their order. */
export function flagsOf(page: string): readonly PageFlag[] {
  const flags: PageFlag[] = []
  let within = false
  for (const line of page.split('\n')) {
    const { letter, name, value, text = '' } = FLAG.exec(line)?.groups ?? {}
    const last = flags.at(-1)
    if (name !== undefined) flags.push({ letter, name, value, text })
    else if (within && last !== undefined && /^ {10}/.test(line)) {
      flags.splice(-1, 1, { ...last, text: `${last.text} ${line.trim()}` })
    }
    within = name !== undefined || (within && /^ {10}/.test(line))
  }
  return flags
}

/** The commands that a page lists, with what it says of each. */
export function commandsOf(page: string): ReadonlyMap<string, string> {
  return entriesOf(page, (heading) => heading !== TOPICS)
}

/** The topics that `waxseal help` lists, likewise. */
export function topicsOf(page: string): ReadonlyMap<string, string> {
  return entriesOf(page, (heading) => heading === TOPICS)
}

const TOPICS = 'Topics:'

function entriesOf(page: string, wanted: (heading: string) => boolean): ReadonlyMap<string, string> {
  const [beforeExamples = ''] = page.split('\nExamples:\n')
  const entries = new Map<string, string>()
  let heading = ''
  for (const line of beforeExamples.split('\n')) {
    if (/^\S.*:$/.test(line)) heading = line
    const { name, text = '' } = COMMAND.exec(line)?.groups ?? {}
    if (name !== undefined && wanted(heading)) entries.set(name, text)
  }
  return entries
}

/** What comes behind the command's name in its usage, such as `[FLAGS] FILE KEY...`; the empty string where that is nothing. */
export function argumentsOf(page: string, command: string): string {
  const usage = /^Usage: (.*)$/m.exec(page)?.[1]
  if (usage === undefined || !usage.startsWith(command)) throw new TypeError(`no usage of ${command} on its page`)
  return usage.slice(command.length).trim()
}
