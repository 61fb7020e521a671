/** The completion scripts in the shells that they are for. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { RULE_NAMES } from '../../packages/cli/src/check/rules.ts'
import { GIT_PAGES } from '../../packages/cli/src/git/help.ts'
import { KUBESEAL_HELP } from '../../packages/cli/src/help/kubeseal.ts'
import { commandsOf, flagsOf, topicsOf } from '../../packages/cli/src/help/page.ts'
import { PAGES } from '../../packages/cli/src/help/pages.ts'
import { type Sandbox, sandbox } from './support/sandbox.ts'
import { programOnTerminal, type Step } from './support/terminal.ts'

function has(shell: Shell): boolean {
  return spawnSync(shell, ['--version']).error === undefined
}

type Shell = 'bash' | 'zsh' | 'fish'

/** A folder with the script, and with files to complete. */
async function prepared(shell: Shell): Promise<Sandbox> {
  const box = sandbox()
  const { code, stdout } = await box.waxseal(['completion', shell])
  expect(code).toBe(0)
  box.write('script', stdout)
  box.write('my secret.yaml', '')
  return box
}

/** Lines to complete, with all that is offered for the last word, in any order. */
const OFFERED: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['waxseal ', [...commandsOf(page(''))].map(([name]) => name)],
  ['waxseal ch', ['check']],
  ['waxseal keys ', [...commandsOf(page('keys')).keys()]],
  ['waxseal git ', [...commandsOf(GIT_PAGES[''] ?? '').keys()]],
  ['waxseal git ro', ['rotate-key']],
  ['waxseal help ', [...commandsOf(page('')).keys(), ...topicsOf(page('')).keys()]],
  ['waxseal completion ', ['bash', 'zsh', 'fish']],
  ['waxseal seal --scope ', ['strict', 'namespace-wide', 'cluster-wide']],
  ['waxseal seal --scope clu', ['cluster-wide']],
  ['waxseal seal --name check --output ', ['json', 'yaml', 'name']],
  ['waxseal seal -o ', ['json', 'yaml', 'name']],
  ['waxseal check --format ', ['text', 'json', 'yaml', 'name', 'sarif', 'github']],
  ['waxseal check --disable ', RULE_NAMES],
  ['waxseal seal --name ', []],
  ['kubeseal --merge', ['--merge-into']],
  ['kubeseal -o ', ['json', 'yaml']],
  ...Object.entries(PAGES).map(([name, text]) => allFlags(`waxseal ${name}`, text)),
  ...Object.entries(GIT_PAGES).map(([name, text]) => allFlags(`waxseal git ${name}`, text)),
  allFlags('kubeseal', KUBESEAL_HELP),
]

function page(name: string): string {
  return PAGES[name] ?? ''
}

function allFlags(command: string, text: string): readonly [string, readonly string[]] {
  return [`${command.trim()} --`, [...new Set([...flagsOf(text).map(({ name }) => `--${name}`), '--help'])]]
}

const EXPECTED = Object.fromEntries(OFFERED.map(([line, words]) => [line, words.toSorted()]))

/** `LINE>WORD WORD` by line. */
function parsed(output: string): Record<string, readonly string[]> {
  const lines = output.split('\n').filter((line) => line !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const [of = '', words = ''] = line.split('>')
      return [
        of,
        words
          .split(' ')
          .filter((word) => word !== '')
          .toSorted(),
      ]
    }),
  )
}

/** What a terminal is typed: each line once the one before has been answered. */
function typed(...lines: readonly string[]): readonly Step[] {
  return lines.map((keys) => ({ shown: 'ready> ', keys: `${keys}\n` }))
}

const SAY = `waxseal() { printf '<%s>' "$@"; echo; }`

describe('bash', () => {
  test('offers what there is', async () => {
    const box = await prepared('bash')
    const tries = OFFERED.map(
      ([line]) =>
        `try '${line}' ${line
          .split(' ')
          .map((word) => `'${word}'`)
          .join(' ')}`,
    )
    box.write(
      'tries',
      `source ./script
       try() { COMP_WORDS=("\${@:2}") COMP_CWORD=$(($# - 2)); _waxseal 2>&1; echo "$1>\${COMPREPLY[*]}"; }
       ${tries.join('\n')}
       try '--scope=' waxseal seal --scope =
       try '--scope=n' waxseal seal --scope = n
       try 'after --' waxseal seal -- --
       try 'by its path' ./bin/waxseal ch`,
    )
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-u', 'tries'], { cwd: box.folder, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(parsed(stdout)).toEqual({
      ...EXPECTED,
      '--scope=': ['cluster-wide', 'namespace-wide', 'strict'],
      '--scope=n': ['namespace-wide'],
      'after --': [],
      'by its path': ['check'],
    })
  })

  test('completes files, quoted, where files go', async () => {
    const box = await prepared('bash')
    const lines = [
      `${SAY}; source ./script`,
      'waxseal seal -f my\t',
      'waxseal seal --file=my\t',
      'waxseal chec\tmy\t',
      'waxseal seal --name my\t',
    ]
    const env = { PS1: 'ready> ', INPUTRC: '/dev/null' }
    const { screen } = await programOnTerminal(['bash', '--norc', '-i'], typed(...lines, 'exit'), {
      cwd: box.folder,
      env,
    })
    expect(screen).toContain('<seal><-f><my secret.yaml>')
    expect(screen).toContain('<seal><--file=my secret.yaml>')
    expect(screen).toContain('<check><my secret.yaml>')
    expect(screen).toContain('<seal><--name><my>')
  })
})

describe.skipIf(!has('zsh'))('zsh', () => {
  test.for([
    ['sourced', 'autoload -Uz compinit; compinit -u -D; source ./script'],
    ['from fpath', 'mkdir f; cp script f/_waxseal; fpath=($PWD/f $fpath); autoload -Uz compinit; compinit -u -D'],
  ] as const)('%s: completes commands, flags, values and files', async ([, load]) => {
    const box = await prepared('zsh')
    const lines = [
      ...[`${SAY}; ${load}`, 'waxseal che\t', 'waxseal keys gen\t', 'waxseal git rot\t', 'waxseal seal --scope cl\t'],
      ...[
        'waxseal seal --scope=cl\t',
        'waxseal seal --allow\t-f my\t',
        'waxseal help exit\t',
        'waxseal check --disable du\tk\t',
      ],
    ]
    const env = { PS1: 'ready> ', TERM: 'dumb' }
    const listed = [
      { shown: 'ready> ', keys: 'waxseal \t' },
      { shown: 'version', keys: '\u0015exit\n' },
    ]
    const steps = [...typed(...lines), ...listed]
    const { screen } = await programOnTerminal(['zsh', '-f', '-i'], steps, { cwd: box.folder, env })
    for (const call of [
      '<check>',
      '<keys><generate>',
      '<git><rotate-key>',
      '<seal><--scope><cluster-wide>',
      '<seal><--scope=cluster-wide>',
      '<seal><--allow-empty-data><-f><my secret.yaml>',
      '<help><exit-codes>',
      '<check><--disable><duplicate-key>',
    ])
      expect(screen).toContain(call)
    expect(screen).toMatch(/reseal +-- Seal the SealedSecrets of a repository again/)
  })
})

describe.skipIf(!has('fish'))('fish', () => {
  test('offers what there is', async () => {
    const box = await prepared('fish')
    box.write(
      'tries',
      `source ./script
       function try; set -l words (complete -C "$argv" | string replace -r '\\t.*' ''); echo "$argv>$words"; end
       ${OFFERED.map(([line]) => `try '${line}'`).join('\n')}
       try 'waxseal seal -f my'
       try 'waxseal check my'
       try 'waxseal seal --scope=n'`,
    )
    const { stdout, stderr } = spawnSync('fish', ['--no-config', 'tries'], {
      cwd: box.folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: box.folder },
    })
    expect(stderr).toBe('')
    const files = { 'waxseal seal -f my': ['my', 'secret.yaml'], 'waxseal check my': ['my', 'secret.yaml'] }
    expect(parsed(stdout)).toEqual({ ...EXPECTED, ...files, 'waxseal seal --scope=n': ['--scope=namespace-wide'] })
  })
})

test.for([[], ['tcsh'], ['bash', 'zsh']])('completion %s is wrong usage', async (args) => {
  const box = sandbox()
  const stderr = 'error: one shell is needed: bash, zsh or fish\nhint: waxseal completion --help shows how it is used\n'
  expect(await box.waxseal(['completion', ...args])).toMatchObject({ code: 2, stdout: '', stderr })
})
