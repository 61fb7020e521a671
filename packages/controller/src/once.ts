/** `--once`: open what is there, say how it went, exit. */

import type { Store } from './ports.ts'
import type { Reconciler } from './reconcile.ts'
import type { Controller } from './runtime/controller.ts'

export interface OnceOutput {
  /** For standard output. */
  readonly summary: string
  /** For standard error, one line each: what a person should know, and what failed. */
  readonly notes: readonly string[]
  readonly errors: readonly string[]
  readonly exitCode: 0 | 1
}

export interface OnceParts {
  readonly controller: Controller
  readonly reconciler: Reconciler
  /** Nothing is written. */
  readonly dryRun: boolean
  readonly store: Store & { readonly problems?: ReadonlyMap<string, string> }
}

/** Resolves when every SealedSecret was looked at; what would be tried again later counts as not opened. */
export async function runOnce({ controller, reconciler, store, dryRun }: OnceParts): Promise<OnceOutput> {
  const stop = new AbortController()
  const running = controller.run(stop.signal)
  await Promise.race([controller.settled(), running])
  stop.abort()
  await running
  const results = [...reconciler.results()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const failed = results.filter(({ ok }) => !ok)
  const problems = [...(store.problems ?? [])]
  const errors = [
    ...failed.map(({ key, message }) => `error: ${key}: ${message}`),
    ...problems.map(([file, message]) => `error: ${file}: ${message}`),
  ]
  const notes = [
    // Whoever expected to find a key must see that there was none.
    ...controller.madeKeys.map((key) => `note: found no key, made ${key}`),
    ...results.flatMap(({ key, would }) => (would === undefined ? [] : [`note: would ${would} the Secret ${key}`])),
    ...(results.length + problems.length === 0 ? ['note: found no SealedSecrets'] : []),
  ]
  const would = (verb: 'create' | 'update'): number => results.filter((one) => one.would === verb).length
  const changes = dryRun ? `; would create ${would('create')} and update ${would('update')} Secrets` : ''
  const files = problems.length === 0 ? '' : `; ${problems.length} ${problems.length === 1 ? 'file' : 'files'} not read`
  return {
    summary: `${dryRun ? 'can open' : 'opened'} ${results.length - failed.length} of ${results.length} SealedSecrets${changes}${files}`,
    notes,
    errors,
    exitCode: errors.length === 0 ? 0 : 1,
  }
}
