/** A repository as most tests need it. */
import type { Repo, World } from './world.ts'

export const ATTRIBUTES = `*.secret filter=git-crypt diff=git-crypt merge=git-crypt
*.staging filter=git-crypt-staging diff=git-crypt-staging merge=git-crypt-staging
`

/** Names that programs get wrong, each with its content. */
export const ODD_NAMES: Readonly<Record<string, string>> = {
  ' leading space.secret': 'space\n',
  '-f.secret': 'dash\n',
  '--help.secret': 'dashes\n',
  'new\nline.secret': 'newline\n',
  'quote".secret': 'quote\n',
  "it's $(touch pwned) `touch pwned`.secret": 'shell\n',
  'tab\tand \\ backslash.secret': 'tab\n',
  'ünïcødé 秘密.secret': 'unicode\n',
  ':(glob)x.secret': 'pathspec\n',
  '*.secret': 'star\n',
  'deep/er/ä b/c.secret': 'deep\n',
  'empty.secret': '',
  'crlf.secret': 'one\r\ntwo\r\n',
}

export const PLAIN: Readonly<Record<string, string>> = { 'a.secret': 'first secret\n', 'b.secret': 'second secret\n' }

export interface Made {
  readonly repo: Repo
  /** The exported key. */
  readonly key: string
}

/** An unlocked repository with committed secrets and its exported key. */
export function withSecrets(world: World, files: Readonly<Record<string, string>> = PLAIN, name = 'repo'): Made {
  const repo = world.repository(name)
  const key = world.path(`${name}.key`)
  expectOk(repo.waxseal('init'))
  expectOk(repo.waxseal('export-key', key))
  repo.write('.gitattributes', ATTRIBUTES)
  repo.write('plain.txt', 'public\n')
  for (const [path, content] of Object.entries(files)) repo.write(path, content)
  repo.commit('secrets')
  return { repo, key }
}

export function expectOk({ code, err }: { readonly code: number | null; readonly err: string }): void {
  if (code !== 0) throw new Error(`exit code ${code}: ${err}`)
}

/** Fails with exit code 1 and these words. */
export function expectRefused(
  { code, err }: { readonly code: number | null; readonly err: string },
  words: string | RegExp,
): void {
  const isSaid = typeof words === 'string' ? err.includes(words) : words.test(err)
  if (code !== 1 || !isSaid) throw new Error(`expected exit code 1 and ${words.toString()}, got ${code}: ${err}`)
}
