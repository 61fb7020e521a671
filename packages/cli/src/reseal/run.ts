/** Seals the SealedSecrets of many files again, each file whole or not at all. */
import { WaxsealError } from '@waxseal/core'
import type { Context } from '../context.ts'
import { type ManifestFile, saveFileLater } from '../inplace/file.ts'
import { CliError, describe } from '../messages.ts'
import { bounded, mapSome } from './bounded.ts'
import { type Engine, Refused } from './engine.ts'
import { type Found, readSealedFile, type SealedFile, titleOf } from './find.ts'
import { type Interruption, interruptible } from './interrupt.ts'
import { type Progress, progress } from './progress.ts'
import { type Resealed, rewrite } from './rewrite.ts'

/**
 * What became of a SealedSecret. `current`: it was sealed for the newest key; `believed`: its note says so, and no key
 * at hand can tell; `left`: it could have been, but something else in its file failed.
 */
export type Result = 'resealed' | 'current' | 'believed' | 'left' | 'failed'

export interface Row {
  readonly file: string
  /** Undefined for what could not be read as a SealedSecret. */
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly result: Result
  /** Of its values; none for `failed`. */
  readonly items: readonly { readonly key: string; readonly result: Result }[]
  /** One line, for `failed`. */
  readonly error: string | undefined
  readonly hint: string | undefined
}

interface FileOutcome {
  readonly path: string
  readonly changed: boolean
  readonly rows: readonly Row[]
}

export interface Request {
  readonly paths: readonly string[]
  /** For SealedSecrets that do not say their namespace. */
  readonly namespace: string | undefined
  readonly dryRun: boolean
  /** Where the texts go, also of files that do not change, instead of back to the files. */
  readonly keep?: (bytes: Uint8Array) => void
}

/** Every file that holds a SealedSecret, in order. */
export interface Run {
  readonly files: readonly FileOutcome[]
  /** Why the run ended before all files were looked at: a failure, or a signal. */
  readonly stopped: { readonly error: unknown } | { readonly signal: NodeJS.Signals } | undefined
}

/** Files being read and written while others wait for their RSA operations. */
const FILES_IN_FLIGHT = 64
/** Files being flushed to the disk. Journals write what comes at a time in one go, so that eight take hardly longer than one. */
export const FLUSHES: number = 8

/** Ends the run: what failed is not the fault of one SealedSecret. */
class Stop extends Error {
  override readonly name: string = 'Stop'
}

export async function resealFiles(context: Context, engine: Engine, request: Request): Promise<Run> {
  const done = new Map<string, FileOutcome>()
  const gate = bounded(engine.inFlight)
  const bar = progress(context, 'sealing again', request.paths.length)
  const interruption = interruptible()
  const work: Work = {
    context,
    request,
    save: bounded(FLUSHES),
    engine: { ...engine, reseal: (sealed) => gate(() => engine.reseal(sealed)) },
  }
  try {
    await mapSome(request.paths, FILES_IN_FLIGHT, (path) => oneFile(work, path, { done, bar, interruption }))
    const { signal } = interruption
    return { files: inOrder(request.paths, done), stopped: signal === undefined ? undefined : { signal } }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { files: inOrder(request.paths, done), stopped: { error: error.cause } }
  } finally {
    interruption.end()
    bar.end()
  }
}

interface Work {
  readonly context: Context
  readonly engine: Engine
  readonly request: Request
  readonly save: ReturnType<typeof bounded>
}

interface Shared {
  readonly done: Map<string, FileOutcome>
  readonly bar: Progress
  readonly interruption: Interruption
}

async function oneFile(work: Work, path: string, { done, bar, interruption }: Shared): Promise<void> {
  if (interruption.signal !== undefined) return
  try {
    const sealed = await readSealedFile(work.context, path, work.request.namespace)
    if (sealed !== undefined) done.set(path, await resealFile(work, sealed))
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    const file = titleOf(path)
    done.set(path, { path: file, changed: false, rows: [failedRow(file, undefined, error)] })
  }
  bar.step()
}

function inOrder(paths: readonly string[], done: ReadonlyMap<string, FileOutcome>): FileOutcome[] {
  return paths.map((path) => done.get(path)).filter((each) => each !== undefined)
}

interface Fine {
  readonly found: Found
  readonly result: Result
  readonly resealed: Resealed
}

type Tried = Fine | { readonly found: Found; readonly error: unknown }

async function resealFile(work: Work, { file, found, problems }: SealedFile): Promise<FileOutcome> {
  const { path } = file
  const tried = await Promise.all(found.map((each) => resealOne(work.engine, each)))
  const failures = [
    ...problems.map((problem) => failedRow(path, undefined, new CliError(problem))),
    ...tried.flatMap((each) => ('error' in each ? [failedRow(path, each.found, each.error)] : [])),
  ]
  const fine = tried.filter((each) => 'resealed' in each)
  if (failures.length > 0) {
    const others = fine.map((each) => row(path, each, 'left'))
    return { path, changed: false, rows: [...failures, ...others] }
  }
  const text = await rewrite(
    file,
    fine.map(({ resealed }) => resealed),
  )
  const changed = text !== textOf(file)
  const { dryRun, keep } = work.request
  if (keep !== undefined) keep(file.encode(text))
  else if (changed && !dryRun) await work.save(() => saveFileLater(work.context, file, text))
  return { path, changed, rows: fine.map((each) => row(path, each, 'resealed')) }
}

function textOf({ documents }: ManifestFile): string {
  return documents.map(({ prefix, raw, suffix }) => prefix + raw + suffix).join('')
}

async function resealOne(engine: Engine, found: Found): Promise<Tried> {
  const before = found.sealed.spec.encryptedData
  try {
    const { encryptedData, believed } = await engine.reseal(found.sealed)
    const same = Object.keys(before).every((key) => encryptedData[key] === before[key])
    const result = believed ? 'believed' : same ? 'current' : 'resealed'
    return { found, result, resealed: { found, encryptedData, sealedWith: engine.fingerprint } }
  } catch (error) {
    if (error instanceof WaxsealError || error instanceof Refused) return { found, error }
    throw new Stop('the run cannot go on', { cause: error })
  }
}

/** `done`: what is said of what was sealed again. */
function row(file: string, { found: { sealed }, result, resealed }: Fine, done: 'resealed' | 'left'): Row {
  const { name, namespace } = sealed.metadata
  const items = Object.entries(sealed.spec.encryptedData).map(([key, before]) => {
    const same = resealed.encryptedData[key] === before
    return { key, result: !same ? done : result === 'resealed' ? 'current' : result }
  })
  return {
    file,
    namespace,
    name,
    result: result === 'resealed' ? done : result,
    items,
    error: undefined,
    hint: undefined,
  }
}

function failedRow(file: string, found: Found | undefined, cause: unknown): Row {
  const { message, hint } = describe(cause)
  const text = message.split('\n').join('; ')
  // Errors of files name the file themselves.
  const error = [...(text.startsWith(file) ? [] : [file]), ...(found === undefined ? [] : [found.title]), text].join(
    ': ',
  )
  const { name, namespace } = found?.sealed.metadata ?? {}
  return { file, namespace, name, result: 'failed', items: [], error, hint }
}
