/** One line of a .gitignore, by gitignore(5) and git's wildmatch. Own code: matchers that look at parent folders themselves cannot tell that a
 * deeper file has taken one of them back. */
export interface Pattern {
  /** Whether it takes back what another pattern ignores. */
  readonly negates: boolean
  readonly foldersOnly: boolean
  /** Matches the path from the pattern's folder, with slashes between names and none at the end. */
  readonly regex: RegExp
}

/** The patterns of a file, in their order; lines that say nothing are left out. */
export function parsePatterns(content: string): readonly Pattern[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/)
  return lines.map(parsePattern).filter((pattern) => pattern !== undefined)
}

function parsePattern(line: string): Pattern | undefined {
  if (line.startsWith('#')) return undefined
  const [, bang, rest = ''] = /^(!?)(.*)$/s.exec(trimmed(line)) ?? []
  const foldersOnly = rest.endsWith('/')
  const glob = foldersOnly ? rest.slice(0, -1) : rest
  if (glob === '') return undefined
  const regex = toRegex(glob)
  return regex === undefined ? undefined : { negates: bang === '!', foldersOnly, regex }
}

/** Without the spaces at the end, but for escaped ones. */
function trimmed(line: string): string {
  return line.replace(/(?<kept>(?:\\.|[^\\])*?) +$/s, (match, kept: string) => (kept.endsWith('\\') ? match : kept))
}

/** A pattern without a slash matches the name in any folder; one with a slash the whole path. Undefined: it matches nothing. */
function toRegex(glob: string): RegExp | undefined {
  const isAnchored = glob.includes('/')
  const source = translate(glob.replace(/^\//, ''))
  return source === undefined ? undefined : new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${source}$`, 's')
}

/** Tokens of a glob: stars with the slashes that give two of them a meaning, a set, an escape, any other letter. */
const TOKEN = /(?<=^|\/)\*\*\/|(?<=\/)\*\*$|^\*\*$|\*+|\?|\[[!^]?\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*\]|\\.|[\s\S]/gu

function translate(glob: string): string | undefined {
  let source = ''
  for (const [token] of glob.matchAll(TOKEN)) {
    if (token === '**/') source += '(?:.*/)?'
    else if (token === '**') source += glob.length === 2 || source.endsWith('/') ? '.*' : ANY
    else if (token.startsWith('*')) source += ANY
    else if (token === '?') source += '[^/]'
    else if (token.length > 1 && token.startsWith('[')) source += translateSet(token)
    else if (token === '[' || token === '\\') return undefined
    else source += literal(token.length > 1 && token.startsWith('\\') ? token.slice(1) : token)
  }
  return source
}

const ANY = '[^/]*'

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: 'A-Fa-f0-9',
}

/** A set never matches a slash. A range that runs backwards matches nothing. */
function translateSet(token: string): string {
  const [, negation, content = ''] = /^\[([!^]?)([\s\S]*)\]$/.exec(token) ?? []
  const parts = [...content.matchAll(/\[:([a-z]+):\]|(\\?[\s\S])-(\\?[\s\S])|(\\?[\s\S])/gu)]
  const members = parts.map(([, name, from, to, single]) => {
    if (name !== undefined) return CLASSES[name] ?? ''
    if (single !== undefined) return literal(single.replace(/^\\(?=.)/s, ''))
    const [first, last] = [from, to].map((end = '') => end.replace(/^\\(?=.)/s, ''))
    return first === undefined || last === undefined || first > last ? '' : `${literal(first)}-${literal(last)}`
  })
  const set = members.join('')
  if (set === '') return negation === '' ? '(?!)' : '[^/]'
  return `(?!/)[${negation === '' ? '' : '^'}${set}]`
}

function literal(letter: string): string {
  return letter.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
