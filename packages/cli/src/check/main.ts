/** `waxseal check`: finds the files, checks them, a bounded number at a time, and puts the findings in order. */
import type { Context } from '../context.ts'
import { type Certificates, readCertificates } from './certificates.ts'
import { checkBytes, isBinary } from './file.ts'
import { type FoundFile, type FoundFiles, findFiles } from './files/find.ts'
import { type Coverage, gitCryptCoverage } from './files/git-crypt.ts'
import { type Content, MAX_FILE, readRegular } from './files/read.ts'
import { trackedThoughIgnored } from './files/tracked.ts'
import { type Finding, type Problem, START } from './finding.ts'
import { data } from './formats/data.ts'
import type { CheckFormat, Formatter, Result } from './formats/format.ts'
import { github } from './formats/github.ts'
import { name } from './formats/name.ts'
import { sarif } from './formats/sarif.ts'
import { text } from './formats/text.ts'
import type { RuleName } from './rules.ts'

export const FORMATTERS: Readonly<Record<CheckFormat, Formatter>> = {
  text,
  json: data('json'),
  yaml: data('yaml'),
  name,
  sarif,
  github,
}

export interface CheckRequest {
  /** Files and folders; `-` is standard input. */
  readonly paths: readonly string[]
  /** Patterns of gitignore, from the working folder. */
  readonly excludes: readonly string[]
  /** Certificate files. */
  readonly certificates: readonly string[]
  readonly disabled: ReadonlySet<RuleName>
}

/** Files being read while others are checked: enough to keep a slow disk busy, few enough to bound the memory. */
const IN_FLIGHT = 16

/** @throws UsageError for a path that does not exist, or a certificate that is none */
export async function check(context: Context, request: CheckRequest): Promise<Result> {
  const certificates = await readCertificates(context, request.certificates)
  const found = withTracked(context, findFiles(request.paths, request.excludes))
  const { coverage, failures } = gitCryptCoverage(found, context.env)
  for (const failure of failures)
    context.stderr.write(`warning: git-crypt attributes could not be looked at: ${failure}\n`)
  const unreadable = found.unreadable.map(({ path, reason }) => ({ path, ...unreadableFile(reason) }))
  const checked = await mapInFlight(found.files, (file) => checkFile(context, file, { certificates, coverage }))
  const findings = [...certificates.findings, ...unreadable, ...checked.flat()]
  return { findings: findings.filter(({ rule }) => !request.disabled.has(rule)), files: found.files.length }
}

function withTracked(context: Context, found: FoundFiles): FoundFiles {
  const { files, failures } = trackedThoughIgnored(found, context.env)
  for (const failure of failures)
    context.stderr.write(`warning: whether git holds files that it ignores could not be looked at: ${failure}\n`)
  const all = [...found.files, ...files]
  return { files: all, unreadable: found.unreadable, attributes: found.attributes, ignored: found.ignored }
}

interface Known {
  readonly certificates: Certificates
  readonly coverage: Coverage
}

async function checkFile(context: Context, file: FoundFile, known: Known): Promise<readonly Finding[]> {
  const content = file.isRegular ? await readRegular(file.absolute) : readStream(context, file.path)
  const problems = [...(await checkContent(file.path, content, known)).toSorted(byPosition)]
  const covered = known.coverage.get(file.absolute)
  if (covered === 'plain') problems.unshift(stagedPlain())
  const kept = covered === 'encrypted' ? problems.filter(({ rule }) => !IN_PLAIN.has(rule)) : problems
  return kept.map((problem) => ({ ...problem, path: file.path === '-' ? 'stdin' : file.path }))
}

/** What is no problem in a file that git has encrypted. */
const IN_PLAIN: ReadonlySet<RuleName> = new Set(['plaintext-secret', 'private-key'])

async function checkContent(path: string, content: Content, { certificates }: Known): Promise<readonly Problem[]> {
  if (content.kind === 'failed') return [unreadableFile(content.reason)]
  if (content.kind === 'bytes') return checkBytes(path, content.bytes, certificates.keys)
  if (isBinary(content.head)) return []
  return [{ rule: 'too-large', message: `larger than ${MAX_FILE / 1024 / 1024} MiB, so it was not checked`, ...START }]
}

/** Standard input, or a pipe that was named. */
function readStream(context: Context, path: string): Content {
  const bytes = path === '-' ? context.stdin.read(MAX_FILE) : context.files.read(path, MAX_FILE)
  return { kind: 'bytes', bytes }
}

function unreadableFile(reason: string): Problem {
  return { rule: 'unreadable-file', message: reason, ...START }
}

function stagedPlain(): Problem {
  const message =
    'staged in plain text, and .gitattributes says to encrypt it: waxseal git status -f stages it encrypted'
  return { rule: 'git-crypt-plaintext', message, ...START }
}

function byPosition(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column
}

/** Maps with at most IN_FLIGHT at work; results in order. */
async function mapInFlight<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index]
      if (item !== undefined) results[index] = await map(item)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
  return results
}
