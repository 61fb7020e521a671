import { CliError, UsageError } from '../../messages.ts'
import { blobKinds } from '../repo/blobs.ts'
import { driverOf, keyOfFilter } from '../repo/drivers.ts'
import {
  attributesOf,
  type IndexEntry,
  indexEntries,
  lacksDiff,
  type SecretFile,
  secretFiles,
  untrackedFiles,
} from '../repo/files.ts'
import { pathBytes, type RawPath, shownPath } from '../repo/raw-path.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import { stageEncrypted } from '../repo/restage.ts'
import type { GitCommand, Tools } from '../tools.ts'
import { reportHistory } from './status-history.ts'

export const status: GitCommand = {
  flags: {
    encrypted: { type: 'bool', letter: 'e' },
    unencrypted: { type: 'bool', letter: 'u' },
    fix: { type: 'bool', letter: 'f' },
    null: { type: 'bool', letter: 'z' },
    history: { type: 'bool' },
  },
  run(tools, flags) {
    const [only, fix] = [{ e: flags.bool('encrypted'), u: flags.bool('unencrypted') }, flags.bool('fix')]
    if (only.e && only.u) throw new UsageError('-e and -u exclude each other')
    if (fix && (only.e || only.u)) throw new UsageError('-f goes without -e and -u')
    if (flags.bool('history') && (fix || only.e || only.u)) throw new UsageError('--history goes without -e, -f and -u')
    const repository = openRepository(tools)
    if (flags.bool('history')) return reportHistory(tools.context, repository)
    const lines = statusLines(repository, chosen(tools, flags.positional))
    if (fix) return fixAll(tools, repository, lines)
    const shown = lines.filter(({ isEncrypted }) => (isEncrypted ? !only.u : !only.e))
    const end = flags.bool('null') ? '\0' : '\n'
    tools.context.stdout.write(Buffer.concat(shown.flatMap((line) => [text(line, end === '\0'), Buffer.from(end)])))
    const problems = lines.filter(({ problem }) => problem === 'plain' || problem === 'lines').length
    if (problems > 0 && !only.u) throw troubled(lines)
  },
}

/** What is said of one file. */
interface StatusLine {
  readonly path: RawPath
  readonly isEncrypted: boolean
  /** `plain`: the staged blob is not encrypted; `lines`: line-end conversion destroys it; `diff`: no fitting diff attribute. */
  readonly problem: 'plain' | 'lines' | 'diff' | undefined
  readonly driver: string
}

/** Which files an argument list means: those in the folders or files named; all without any. */
function chosen({ git }: Tools, args: readonly string[]): (repository: Repository) => ReadonlySet<RawPath> | undefined {
  if (args.length === 0) return () => undefined
  return () => {
    const listing = git.run([
      'ls-files',
      '-z',
      '--full-name',
      '--cached',
      '--others',
      '--exclude-standard',
      '--',
      ...args,
    ])
    return new Set(listing.toString('latin1').split('\0'))
  }
}

function statusLines(
  repository: Repository,
  choose: (repository: Repository) => ReadonlySet<RawPath> | undefined,
): readonly StatusLine[] {
  const { git } = repository
  const wanted = choose(repository)
  const isWanted = ({ path }: { path: RawPath }): boolean => wanted === undefined || wanted.has(path)
  const entries = indexEntries(git).filter((entry) => isWanted(entry) && entry.mode !== SUBMODULE)
  const secret = new Map(secretFiles(git, entries).map((file) => [file.path, file]))
  const kinds = blobKinds(
    git,
    [...secret.values()].map(({ oid }) => oid),
  )
  const tracked = [...new Map(entries.map((entry) => [entry.path, entry])).values()].map((entry: IndexEntry) => {
    const file = secret.get(entry.path)
    return file === undefined ? plainLine(entry.path) : secretLine(file, kinds.get(file.oid))
  })
  const untracked = untrackedFiles(git).filter((path) => isWanted({ path }))
  const attributes = attributesOf(git, untracked)
  const others = untracked.map((path) => {
    const key = keyOfFilter(attributes.get(path)?.filter ?? '')
    return key === undefined ? plainLine(path) : { ...plainLine(path), isEncrypted: true, driver: driverOf(key.name) }
  })
  return [...others, ...tracked]
}

const SUBMODULE = '160000'

const plainLine = (path: RawPath): StatusLine => ({ path, isEncrypted: false, problem: undefined, driver: '' })

function secretLine(file: SecretFile, kind: string | undefined): StatusLine {
  const isPlain = kind === 'not-encrypted'
  const problem = isPlain ? 'plain' : file.attributes.convertsLines ? 'lines' : lacksDiff(file) ? 'diff' : undefined
  return { path: file.path, isEncrypted: true, problem, driver: driverOf(file.keyName) }
}

/** In git-crypt's words. With -z names are as they are, else control characters are escaped. */
function text({ path, isEncrypted, problem, driver }: StatusLine, isRaw: boolean): Buffer {
  const warnings = {
    plain: ' *** WARNING: staged/committed version is NOT ENCRYPTED! ***',
    lines: ' *** WARNING: line-end conversion destroys it, add -text ***',
    diff: ` *** WARNING: diff=${driver} attribute not set ***`,
  }
  const label = Buffer.from(isEncrypted ? '    encrypted: ' : 'not encrypted: ')
  const name = isRaw ? pathBytes(path) : Buffer.from(shownPath(path))
  return Buffer.concat([label, name, Buffer.from(problem === undefined ? '' : warnings[problem])])
}

function troubled(lines: readonly StatusLine[]): CliError {
  const count = (kind: StatusLine['problem']): number => lines.filter(({ problem }) => problem === kind).length
  const [plain, converted] = [count('plain'), count('lines')]
  if (plain === 0) {
    return new CliError(`${files(converted)} would be destroyed by line-end conversion`, {
      hint: 'add -text to their line in .gitattributes',
    })
  }
  return new CliError(`${files(plain)} should be encrypted and ${plain === 1 ? 'is' : 'are'} not`, {
    hint: 'waxseal git status -f stages them encrypted; status --history finds what earlier commits hold',
  })
}

const files = (count: number): string => (count === 1 ? '1 file' : `${count} files`)

function fixAll({ context }: Tools, repository: Repository, lines: readonly StatusLine[]): void {
  const plain = lines.filter(({ problem }) => problem === 'plain').map(({ path }) => path)
  const { fixed, failed } = stageEncrypted(repository, plain)
  for (const path of fixed) context.stdout.write(`${shownPath(path)}: staged encrypted version\n`)
  if (fixed.length > 0) {
    context.stderr.write(
      `Staged ${fixed.length} encrypted ${fixed.length === 1 ? 'file' : 'files'}.\nWarning: if these files were committed before, their plaintext still is in the history: change the secrets.\n`,
    )
  }
  const [first] = failed
  if (first === undefined) return
  throw new CliError(`${shownPath(first.path)}: ${first.reason}`, {
    hint: failed.length > 1 ? `${failed.length - 1} more could not be staged encrypted` : undefined,
  })
}
