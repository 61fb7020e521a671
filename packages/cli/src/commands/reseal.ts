import type { Context } from '../context.ts'
import type { Flags } from '../flags.ts'
import { loadSealingCertificate } from '../io/certificate.ts'
import { loadKeys } from '../io/keys.ts'
import { widenThreadPool } from '../io/platform.ts'
import { CliError, describe, UsageError } from '../messages.ts'
import { REPORT, type ReportFormat, type SealedEntry, writeReport } from '../output/report.ts'
import { type Engine, offline, online } from '../reseal/engine.ts'
import { inputPaths, noneIn } from '../reseal/find.ts'
import { FLUSHES, type Result, type Row, type Run, resealFiles } from '../reseal/run.ts'
import type { Command } from './command.ts'
import { CERT_FLAGS, clusterOptions, KEY_FLAGS, keySource } from './options.ts'

export const reseal: Command = {
  flags: {
    ...CERT_FLAGS,
    ...KEY_FLAGS,
    namespace: { type: 'string', letter: 'n' },
    'dry-run': { type: 'bool' },
    ...REPORT.flags,
  },
  async run(context, flags) {
    const paths = inputPaths(flags.positional)
    const dryRun = flags.bool('dry-run')
    const output = REPORT.of(flags)
    const isStream = paths.includes('-') && !dryRun
    if (isStream) checkStream(paths, output)
    const texts: Uint8Array[] = []
    const keep = (bytes: Uint8Array): void => void texts.push(bytes)
    // Before the first key is read: the pool takes its size then.
    if (!dryRun) widenThreadPool(FLUSHES)
    const run = await withEngine(context, flags, (engine) =>
      resealFiles(context, engine, {
        paths,
        namespace: flags.string('namespace'),
        dryRun,
        ...(isStream ? { keep } : {}),
      }),
    )
    await report(context, run, { output: isStream ? texts : (output ?? 'name'), dryRun, paths: flags.positional })
  },
}

/** Standard output can take one thing. */
function checkStream(paths: readonly string[], output: ReportFormat | undefined): void {
  if (paths.length > 1) throw new UsageError('standard input (-) goes alone: its result goes to standard output')
  if (output !== undefined)
    throw new UsageError('--output is for files, or for --dry-run: the manifest itself goes to standard output')
}

async function withEngine(context: Context, flags: Flags, use: (engine: Engine) => Promise<Run>): Promise<Run> {
  const keys = keySource(flags)
  const source = { cert: flags.string('cert'), cluster: clusterOptions(flags) }
  if (keys !== undefined) {
    const ring = await loadKeys(context, keys)
    return use(offline(ring, await loadSealingCertificate(context, source)))
  }
  // A variable set for other commands is no reason to refuse; the controller seals with its own.
  const cluster = await context.connect(source.cluster)
  try {
    return await use(online(cluster, await loadSealingCertificate(context, { ...source, cert: undefined })))
  } finally {
    await cluster.close()
  }
}

interface Shown {
  /** What goes to standard output; a list: these texts, unless something failed. */
  readonly output: ReportFormat | readonly Uint8Array[]
  readonly dryRun: boolean
  readonly paths: readonly string[]
}

/** Changed files, or every SealedSecret as JSON, to standard output; failures and a summary to standard error. Throws where not all is done. */
async function report(context: Context, { files, stopped }: Run, { output, dryRun, paths }: Shown): Promise<void> {
  const rows = files.flatMap((file) => file.rows)
  const changed = files.filter((file) => file.changed)
  const failed = rows.filter(({ result }) => result === 'failed')
  if (typeof output === 'string') await writeEntries(context, output, rows, changed)
  else if (failed.length === 0) for (const text of output) context.stdout.write(text)
  for (const { error } of failed) context.stderr.write(`error: ${error}\n`)
  context.stderr.write(believedNote(rows))
  if (stopped === undefined && rows.length === 0) throw noneIn(paths)
  const note = dryRun ? ' (dry run: nothing is written)' : ''
  context.stderr.write(`${summary(rows, changed.length)}${note}\n`)
  if (stopped !== undefined) throw unfinished(stopped)
  if (failed.length > 0) {
    const count = counted(files.filter((file) => file.rows.some(({ result }) => result === 'failed')).length, 'file')
    throw new CliError(`${count} not sealed again`, { hint: failed.find(({ hint }) => hint !== undefined)?.hint })
  }
}

/** Every SealedSecret; for `name` the files that changed. */
async function writeEntries(
  context: Context,
  output: ReportFormat,
  rows: readonly Row[],
  changed: readonly { readonly path: string }[],
): Promise<void> {
  const paths = new Set(changed.map(({ path }) => path))
  await writeReport(context, output, rows.map(entryOf), ({ file }) => (paths.has(file) ? [file] : []))
}

/** What a report says of it. */
export function entryOf({ file, namespace, name, result, items, error }: Row): SealedEntry {
  return { file, namespace, name, result, items, error }
}

function believedNote(rows: readonly Row[]): string {
  const count = rows.filter(({ result }) => result === 'believed').length
  if (count === 0) return ''
  return `warning: ${counted(count, 'SealedSecret')} not looked into: no key given opens them, and they say to be sealed for this certificate; its private key, too, with --key would tell\n`
}

/** What became of all, in one line. */
export function summary(rows: readonly Row[], files: number): string {
  const of = (result: Result): number => rows.filter((row) => row.result === result).length
  const others = [
    [of('current') + of('believed'), 'sealed for this key before'],
    [of('left'), 'left, for others in their file'],
    [of('failed'), 'failed'],
  ] as const
  const parts = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`)
  return `${counted(of('resealed'), 'SealedSecret')} sealed again in ${counted(files, 'file')}${parts.join('')}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

const UNFINISHED = 'files are written whole or not at all: run it again to finish'

/** Why a run ended early, as an error that says how to go on. */
export function unfinished(stopped: NonNullable<Run['stopped']>): CliError {
  if ('signal' in stopped) return new Interrupted(stopped.signal)
  const { message, hint } = describe(stopped.error)
  return new CliError(message, {
    hint: hint === undefined ? UNFINISHED : `${hint}; ${UNFINISHED}`,
    cause: stopped.error,
  })
}

/** What a shell reports for a program that the signal ended: 128 and its number. */
const EXIT_CODES: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

class Interrupted extends CliError {
  override readonly name: string = 'Interrupted'
  override readonly exitCode: number

  constructor(signal: string) {
    super('interrupted', { hint: UNFINISHED })
    this.exitCode = EXIT_CODES[signal] ?? 1
  }
}
