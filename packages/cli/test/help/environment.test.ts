/** `waxseal help environment`: all variables that the program reads, and no others. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/commands/index.ts'
import { ENVIRONMENT } from '../../src/help/topics/environment.ts'

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** Read by undici's EnvHttpProxyAgent, by os.tmpdir, and by git, to which they are handed. */
const BY_OTHERS: readonly string[] = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'TMPDIR'],
  ...['GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY'],
]

/** How the sources read a variable: `env.NAME`, `{ NAME } = env`, `{ NAME }: Env`, a constant in `env[CONSTANT]`. */
function variablesIn(source: string): readonly string[] {
  const direct = [...source.matchAll(/\benv\.([A-Z][A-Z0-9_]+)\b/g)].map(([, name = '']) => name)
  const taken = [...source.matchAll(/\{ ([A-Z0-9_, ]+) \}(?:: Env\b| = [\w.]*\benv\b)/g)].flatMap(([, names = '']) =>
    names.split(', '),
  )
  const indexed = [...source.matchAll(/\benv\[(\w+)\]/g)].flatMap(([, index = '']) => {
    return [...source.matchAll(new RegExp(`const ${index} = '(\\w+)'`, 'g'))].map(([, name = '']) => name)
  })
  return [...direct, ...taken, ...indexed]
}

test('lists what the sources read', () => {
  const sources = globSync('**/*.ts', { cwd: SRC }).filter((path) => !path.startsWith('help'))
  const read = sources.flatMap((path) => variablesIn(readFileSync(SRC + path, 'utf8')))
  const ofFlags = Object.values(COMMANDS).flatMap(({ flags }) => Object.values(flags).flatMap(({ env }) => env ?? []))
  const [text = ''] = ENVIRONMENT.split('\nkubeseal takes')
  const listed = [...text.matchAll(/^ {2}([A-Z0-9_]+(?:, [A-Z0-9_]+)*)/gm)].flatMap(([, names = '']) =>
    names.split(', '),
  )
  expect(listed.toSorted()).toEqual([...new Set([...read, ...ofFlags, ...BY_OTHERS])].toSorted())
})
