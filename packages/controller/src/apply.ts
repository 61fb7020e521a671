/** Carries out what was decided about the Secret. */
import type { Decision, Outcome } from './decide/decide.ts'
import { contentDigest } from './decide/digest.ts'
import { type Store, StoreError } from './ports.ts'
import type { SecretMeta } from './state.ts'

export interface Applied {
  /** How it stands now: as decided, or that the API refused it. */
  readonly outcome: Outcome
  /** What was written. */
  readonly written: SecretMeta | undefined
  /** `contentDigest` of the Secret as it was written. */
  readonly content: string | undefined
  /** Set when it is worth trying again although nothing changes here. */
  readonly retryMs: number | undefined
}

/** Nothing is written: as if it had been decided only. */
export const pretend = ({ outcome }: Decision): Applied => ({
  outcome,
  written: undefined,
  content: undefined,
  retryMs: undefined,
})

/** @throws StoreError for what passes by itself: conflicts, an API that is away. What the API refuses is an outcome. */
export async function apply(store: Store, { action, outcome, part }: Decision): Promise<Applied> {
  if (action.kind === 'nothing') return pretend({ action, outcome })
  try {
    const create = action.kind === 'create'
    const written = create ? await store.createSecret(action.secret) : await store.updateSecret(action.secret)
    return { outcome, written, content: contentDigest(action.secret, part), retryMs: undefined }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code !== 'denied' && error.code !== 'invalid') throw error
    const message = `failed update: ${error.message}`
    // A right may be granted, a quota raised, and nobody tells; an invalid object stays invalid until it changes.
    const retryMs = error.code === 'denied' ? 0 : undefined
    return { outcome: { kind: 'update-failed', message }, written: undefined, content: undefined, retryMs }
  }
}
