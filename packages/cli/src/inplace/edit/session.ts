/** Edits the values of a SealedSecret: opened, shown in an editor, and what changed sealed again. */
import { type KeyRing, mapBounded, type SealingKey, sealValue, unsealSecret, WaxsealError } from '@waxseal/core'
import type { Context } from '../../context.ts'
import { CliError, describe, within } from '../../messages.ts'
import { applyValues } from '../apply.ts'
import { ChangedMeanwhile, type ManifestFile, openFile } from '../file.ts'
import { conclude, type Ending, reportChange } from '../report.ts'
import { type Choice, pickTarget, type Target } from '../target.ts'
import { askYes } from '../terminal.ts'
import { openEditor } from './editor.ts'
import { type Difference, difference, parseValues, renderValues, type Values, withDifference } from './text.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

export interface EditRequest {
  readonly path: string
  readonly choice: Choice
  readonly ring: KeyRing
  readonly sealingKey: SealingKey
  readonly ending: Ending
}

/** What is edited, as it was when it was read. */
interface Base {
  readonly file: ManifestFile
  readonly target: Target
  readonly values: Values
}

/** On a terminal, what goes wrong is told and the same text offered again; elsewhere it is thrown. The file changes at the very end or not at all. */
export async function editFile(context: Context, request: EditRequest): Promise<void> {
  const base = await openBase(context, request)
  const workspace = openWorkspace(context, `${base.target.name.replace(/[^A-Za-z0-9.-]/g, '_')}.yaml`)
  const editor = openEditor(context.env, context.stdin.isTerminal, () => workspace.wipe())
  try {
    workspace.write(await renderValues(base.target.title, base.values))
    let session: Session = { base, wanted: undefined }
    for (;;) {
      try {
        session = await onTop(context, request, session, workspace)
        await editor.run(workspace.path)
        const wanted = difference(session.base.values, await parseValues(workspace.read()))
        session = { ...session, wanted }
        return await seal(context, request, session.base, wanted)
      } catch (error) {
        await offerAgain(context, error)
        session = { ...session, isStale: error instanceof ChangedMeanwhile || session.isStale === true }
      }
    }
  } finally {
    workspace.wipe()
    editor.close()
  }
}

interface Session {
  readonly base: Base
  /** What was saved last. */
  readonly wanted: Difference | undefined
  /** Whether the file has changed since it was read. */
  readonly isStale?: boolean
}

/** After somebody else changed the file: what was saved here is put on top of what is there now, to be looked at again. */
async function onTop(context: Context, request: EditRequest, session: Session, workspace: Workspace): Promise<Session> {
  const { wanted, isStale } = session
  if (isStale !== true || wanted === undefined) return session
  const base = await openBase(context, request)
  workspace.write(await renderValues(base.target.title, withDifference(base.values, wanted)))
  return { base, wanted }
}

async function openBase(context: Context, { path, choice, ring }: EditRequest): Promise<Base> {
  const file = await openFile(context, path)
  const target = pickTarget(file, choice)
  const { sealed, namespace } = target
  // Only the values are of interest: what the template makes of them is not.
  const bare = { ...sealed, metadata: { ...sealed.metadata, namespace }, spec: { ...sealed.spec, template: {} } }
  try {
    const { data } = await unsealSecret(bare, { ring, ownerReference: false })
    return { file, target, values: data }
  } catch (error) {
    throw unopened(path, target, error)
  }
}

function unopened(path: string, { title }: Target, error: unknown): unknown {
  if (!(error instanceof WaxsealError)) return error
  const hint = error.hint ?? 'is it the right --key, and the right name and namespace? waxseal set needs no private key'
  return within(`${path}: ${title}`, new CliError(error.message, { hint, cause: error }))
}

async function seal(context: Context, request: EditRequest, base: Base, wanted: Difference): Promise<void> {
  const { file, target } = base
  const { scope, namespace, name } = target
  if (wanted.set.size === 0 && wanted.removed.length === 0) {
    context.stderr.write(`${file.path}: nothing was changed\n`)
    const { dryRun, output } = request.ending
    if (dryRun && output === undefined) context.stdout.write(file.bytes)
    return reportChange(context, { file, target, done: { set: [], removed: [] } }, output)
  }
  const { sealingKey } = request
  const sealed = await mapBounded([...wanted.set], async ([key, value]): Promise<[string, string]> => {
    return [key, await sealValue(sealingKey, scope, namespace, name, value)]
  })
  const values = { set: new Map(sealed), removed: wanted.removed, sealedWith: sealingKey.fingerprint }
  const text = await applyValues(file, target, values)
  const done = { set: [...wanted.set.keys()], removed: wanted.removed }
  await conclude(context, { file, target, text, done }, request.ending)
}

/** Tells what went wrong and asks whether to go on with the same text; throws where nobody can be asked, or the answer is no. */
async function offerAgain(context: Context, error: unknown): Promise<void> {
  const isForPeople = error instanceof CliError || error instanceof WaxsealError
  if (!isForPeople || !context.stdin.isTerminal) throw error
  const { message, hint } = describe(error)
  context.stderr.write(`error: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`)
  if (!(await askYes('Edit again?'))) throw new CliError('cancelled: nothing was changed')
}
