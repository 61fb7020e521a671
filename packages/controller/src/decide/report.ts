/** From an outcome to what people are told: status and event, only when something is new. Pure. */
import { rfc3339 } from '../clock.ts'
import type { Condition, EventRecord, SealedSecretEntry, SealedSecretStatus, SecretVersion } from '../state.ts'
import type { Outcome } from './decide.ts'
import { canonicalJson } from './digest.ts'

/** What was said last about a SealedSecret, by this process or, as its status shows, by the one before. */
export interface Told {
  readonly status: 'True' | 'False'
  readonly message: string
  readonly generation: number
}

export interface Facts {
  readonly entry: SealedSecretEntry
  readonly outcome: Outcome
  /** Whether a Secret was written just now. */
  readonly wrote: boolean
  readonly told: Told | undefined
  /** Wall time, ms. */
  readonly now: number
  /** Set when synced: see `SealedSecretStatus`. */
  readonly digest?: string
  readonly secret?: SecretVersion
  readonly sealedWith?: readonly string[]
}

export interface Report {
  readonly told: Told
  /**
   * The status to write; undefined when it is as it should be. `essential` is false when only fields for the
   * controller's own use differ, which a CRD may prune; all else, times included, is then left as it is.
   */
  readonly status: { readonly value: SealedSecretStatus; readonly essential: boolean } | undefined
  readonly event: EventRecord | undefined
}

const MESSAGE_LIMIT = 1024

export function report(facts: Facts): Report {
  const { entry, outcome } = facts
  const told: Told = {
    status: outcome.kind === 'synced' ? 'True' : 'False',
    message: outcome.kind === 'synced' ? '' : shortened(outcome.message),
    generation: entry.generation,
  }
  return { told, status: statusOf(facts, told), event: eventOf(facts, told) }
}

/** What a stored status says about this generation of the object. */
export function toldBy(entry: SealedSecretEntry): Told | undefined {
  const condition = conditionOf(entry.status)
  if (condition === undefined || entry.status?.observedGeneration !== entry.generation) return undefined
  return { status: condition.status, message: condition.message ?? '', generation: entry.generation }
}

const conditionOf = (status: SealedSecretStatus | undefined): Condition | undefined =>
  status?.conditions.find((condition) => condition.type === 'Synced')

function statusOf(facts: Facts, told: Told): Report['status'] {
  const { entry, now, wrote } = facts
  const before = conditionOf(entry.status)
  const flipped = before?.status !== told.status
  const same = !flipped && (before.message ?? '') === told.message
  const essential = !same || wrote || entry.status?.observedGeneration !== entry.generation
  const time = rfc3339(now)
  const condition: Condition = essential
    ? {
        type: 'Synced',
        status: told.status,
        ...(told.message === '' ? {} : { message: told.message }),
        lastTransitionTime: flipped ? time : before.lastTransitionTime,
        lastUpdateTime: time,
      }
    : before
  const value: SealedSecretStatus = {
    conditions: [condition],
    observedGeneration: entry.generation,
    ...(facts.digest === undefined ? {} : { observedDigest: facts.digest }),
    ...(facts.secret === undefined ? {} : { secret: facts.secret }),
    ...(facts.sealedWith === undefined ? {} : { sealedWith: facts.sealedWith }),
  }
  if (!essential && canonicalJson(ownFields(value)) === canonicalJson(ownFields(entry.status))) return undefined
  return { value, essential }
}

const ownFields = (status: SealedSecretStatus | undefined): unknown => [
  status?.observedDigest ?? '',
  status?.secret ?? {},
  status?.sealedWith ?? [],
]

function eventOf({ entry, outcome, wrote, told: before }: Facts, told: Told): EventRecord | undefined {
  const { name, namespace, uid, version } = entry
  const regarding = { name, namespace, uid, version }
  if (outcome.kind === 'synced') {
    if (!wrote && before?.status === 'True') return undefined
    return { type: 'Normal', reason: 'Unsealed', message: 'SealedSecret unsealed successfully', regarding }
  }
  const repeated =
    before?.status === 'False' && before.message === told.message && before.generation === told.generation
  if (repeated) return undefined
  return outcome.kind === 'unseal-failed'
    ? { type: 'Warning', reason: 'ErrUnsealFailed', message: `Failed to unseal: ${told.message}`, regarding }
    : { type: 'Warning', reason: 'ErrUpdateFailed', message: told.message, regarding }
}

/** Events take 1024 bytes; names of items come from the object and may be many. */
function shortened(message: string): string {
  const limit = MESSAGE_LIMIT - 'Failed to unseal: '.length
  return message.length <= limit ? message : `${message.slice(0, limit - 3)}...`
}
