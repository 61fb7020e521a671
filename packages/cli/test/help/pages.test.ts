/** Help pages and the tables that commands parse by say the same: what a page does not show cannot be found, what it shows must work. */
import { describe, expect, test } from 'vitest'
import { COMMANDS as TOP_COMMANDS } from '../../src/commands/index.ts'
import { type Flag, type FlagTable, parseFlags } from '../../src/flags.ts'
import { COMMANDS as GIT_COMMANDS } from '../../src/git/commands/index.ts'
import { FILTERS } from '../../src/git/git.ts'
import { GIT_PAGES } from '../../src/git/help.ts'
import { KUBESEAL_HELP } from '../../src/help/kubeseal.ts'
import { argumentsOf, commandsOf, flagsOf, type PageFlag, topicsOf } from '../../src/help/page.ts'
import { PAGES } from '../../src/help/pages.ts'
import { TOPICS } from '../../src/help/topics/index.ts'
import { valuesOf } from '../../src/help/values.ts'
import { KEY_COMMANDS } from '../../src/keys/commands/index.ts'
import { KUBESEAL_FLAGS } from '../../src/kubeseal/flags.ts'

/** Listed without a page here: the one has its own, the other prints them. */
const OTHERS: ReadonlySet<string> = new Set(['git', 'help'])

const COMMANDS = {
  ...TOP_COMMANDS,
  ...Object.fromEntries(Object.entries(KEY_COMMANDS).map(([name, command]) => [`keys ${name}`, command])),
}

const GIT: Readonly<Record<string, { readonly flags: FlagTable }>> = { ...GIT_COMMANDS, ...FILTERS }

/** Its -o is looked at later: a bad format is a failure there, no wrong usage. */
const KUBESEAL: FlagTable = Object.fromEntries(
  Object.entries(KUBESEAL_FLAGS).filter(([name, { env }]) => env !== undefined && name !== 'rotate'),
)

/** What both can tell of a flag. */
function known(name: string, { letter, type }: Pick<Flag, 'letter' | 'type'>): string {
  return `${letter === undefined ? '' : `-${letter}, `}--${name}${type === 'bool' ? '' : ' VALUE'}`
}

function shown({ name, letter, value }: PageFlag): string {
  return known(name, { ...(letter === undefined ? {} : { letter }), type: value === undefined ? 'bool' : 'string' })
}

function expectSame(page: string, table: FlagTable): void {
  const flags = flagsOf(page)
  const described = flags.map(shown).toSorted()
  expect(described).toEqual(
    Object.entries(table)
      .map(([name, flag]) => known(name, flag))
      .toSorted(),
  )
  expect(flags.filter(({ text }) => text === '')).toEqual([])
  const silent = flags.filter(({ name, text }) => !names(page, text, table[name]?.env))
  expect(silent, 'do not say their variable').toEqual([])
  const repeatable = flags.filter(({ text }) => text.includes('repeatable')).map(({ name }) => table[name]?.type)
  expect(repeatable.filter((type) => type !== 'array' && type !== 'list')).toEqual([])
  const closed = flags.filter(({ name, value }) => value !== 'RULE' && (table !== KUBESEAL || table[name]?.check))
  for (const { name, value } of closed) expectValues(table, name, valuesOf(value))
}

function names(page: string, text: string, variable: string | undefined): boolean {
  return (
    variable === undefined || text.includes(variable) || page.includes('Every flag above can be given as a variable')
  )
}

/** All the values there are, so that any other is refused. */
function expectValues(table: FlagTable, name: string, values: readonly string[]): void {
  const parse = (text: string) => parseFlags(table, [`--${name}`, text], {}).string(name)
  for (const each of values) expect(parse(each)).toBe(each)
  if (values.length > 0) expect(() => parse('nonsense'), `--${name} nonsense`).toThrow('invalid argument')
}

describe('waxseal', () => {
  test.for(Object.entries(COMMANDS))('%s', ([name, command]) => {
    const page = PAGES[name] ?? ''
    expectSame(page, command.flags)
    expect(argumentsOf(page, `waxseal ${name}`).includes('[FLAGS]')).toBe(Object.keys(command.flags).length > 0)
  })

  test('no line is wider than a terminal that is wide', () => {
    const lines = Object.values({ ...PAGES, ...GIT_PAGES, ...TOPICS, kubeseal: KUBESEAL_HELP }).flatMap((page) =>
      page.split('\n'),
    )
    expect(lines.filter((line) => line.length > 125)).toEqual([])
  })

  test('every topic is listed', () => {
    expect([...topicsOf(PAGES[''] ?? '').keys()]).toEqual(Object.keys(TOPICS))
  })

  test('every command is listed, and every page is one of a command', () => {
    const listed = [...commandsOf(PAGES[''] ?? '').keys()]
    const groups = listed.filter((name) => PAGES[name] !== undefined && COMMANDS[name] === undefined)
    const grouped = groups.flatMap((group) =>
      [...commandsOf(PAGES[group] ?? '').keys()].map((name) => `${group} ${name}`),
    )
    const all = [...listed.filter((name) => !OTHERS.has(name)), ...grouped]
    expect(all.toSorted()).toEqual(
      Object.keys(PAGES)
        .filter((name) => name !== '')
        .toSorted(),
    )
    expect(all.filter((name) => !groups.includes(name)).toSorted()).toEqual(Object.keys(COMMANDS).toSorted())
  })
})

describe('waxseal git', () => {
  test.for(Object.entries(GIT))('%s', ([name, command]) => {
    const page = GIT_PAGES[name] ?? ''
    expectSame(page, command.flags)
    const usage = page.split('\n').find((line) => line.startsWith('Usage: ')) ?? ''
    expect(usage).toMatch(new RegExp(`^Usage: waxseal git ${name}( |$)`))
    expect(usage.includes('[FLAGS]')).toBe(Object.keys(command.flags).length > 0)
  })

  test('every command is listed, and every page is one of a command', () => {
    const listed = [...commandsOf(GIT_PAGES[''] ?? '').keys(), ...CALLED_BY_GIT]
    expect(listed.toSorted()).toEqual(Object.keys(GIT).toSorted())
    expect(Object.keys(GIT_PAGES).toSorted()).toEqual(['', ...listed].toSorted())
    expect(GIT_PAGES['']).toContain(`\nCalled by git: ${CALLED_BY_GIT.join(', ')}\n`)
  })
})

const CALLED_BY_GIT: readonly string[] = ['process', 'clean', 'smudge', 'diff', 'merge']

test('kubeseal: every flag but those of its logger and the deprecated one', () => {
  expectSame(KUBESEAL_HELP, KUBESEAL)
  expect(KUBESEAL_HELP).not.toContain('--rotate')
})
