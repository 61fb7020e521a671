/** The examples on help pages are lines that the commands take: their flags exist, and the values of those are right. */
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/commands/index.ts'
import { type FlagTable, parseFlags } from '../../src/flags.ts'
import { COMMANDS as GIT } from '../../src/git/commands/index.ts'
import { GIT_PAGES } from '../../src/git/help.ts'
import { KUBESEAL_HELP } from '../../src/help/kubeseal.ts'
import { PAGES } from '../../src/help/pages.ts'
import { TOPICS } from '../../src/help/topics/index.ts'
import { KEY_COMMANDS } from '../../src/keys/commands/index.ts'
import { KUBESEAL_FLAGS } from '../../src/kubeseal/flags.ts'

const tables = ([prefix, commands]: readonly [string, Readonly<Record<string, { readonly flags: FlagTable }>>]) =>
  Object.entries(commands).map(([name, { flags }]): [string, FlagTable] => [`${prefix} ${name}`, flags])

/** By what a line begins with. */
const TABLES = new Map<string, FlagTable>([
  ...tables(['waxseal', COMMANDS]),
  ...tables(['waxseal git', GIT]),
  ...tables(['waxseal keys', KEY_COMMANDS]),
  ['kubeseal', KUBESEAL_FLAGS],
])

/** Lines that print help or a version, for which there is no table. */
const OTHERS = /^waxseal (?:--help|--version|help\b.*|\w+ --help)$/

/** The calls of our programs in the examples of a page. */
function callsIn(page: string): readonly string[] {
  const [, examples = ''] = page.split('\nExamples:\n')
  const block = /^(?: {2}.*\n)*/.exec(examples)?.[0] ?? ''
  return [...block.matchAll(/\b(?:waxseal|kubeseal) [^|<>)&\n]*/g)].map(([call]) => call.trim())
}

/** As a shell splits, as far as examples need it. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/['"]/g, ''))
}

const pages = Object.entries({ ...PAGES, ...TOPICS, ...prefixed('git', GIT_PAGES), kubeseal: KUBESEAL_HELP })

function prefixed(prefix: string, all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).map(([name, page]) => [`${prefix} ${name}`, page]))
}

describe('examples', () => {
  test.for(pages.flatMap(([name, page]) => callsIn(page).map((call) => [name, call] as const)))(
    '%s: %s',
    ([, call]) => {
      const words = wordsOf(call)
      const [name, table] = [3, 2, 1]
        .map((count) => words.slice(0, count).join(' '))
        .map((start): [string, FlagTable | undefined] => [start, TABLES.get(start)])
        .find(([, found]) => found !== undefined) ?? ['', undefined]
      expect(table !== undefined || OTHERS.test(call)).toBe(true)
      const help: FlagTable = { help: { type: 'bool', letter: 'h' } }
      const args = words.slice(name.split(' ').length)
      expect(table === undefined ? [] : parseFlags({ ...table, ...help }, args, {}).positional).toBeDefined()
    },
  )

  test('are found', () => {
    expect(pages.flatMap(([, page]) => callsIn(page)).length).toBeGreaterThan(50)
  })
})
