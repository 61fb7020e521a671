/** The status of a SealedSecret as JSON of the API. */
import type { Condition, SealedSecretStatus } from '../../state.ts'
import { type Fields, fields, isFields, items, optionalText } from './fields.ts'

/** What is ours of a status; anything of an unexpected type counts as absent. */
export function readStatus(value: unknown): SealedSecretStatus | undefined {
  if (!isFields(value)) return undefined
  const { observedGeneration, observedDigest, secret, sealedWith } = value
  const { uid, version } = fields(secret)
  return {
    conditions: items(value.conditions)
      .map(readCondition)
      .filter((condition) => condition !== undefined),
    ...(typeof observedGeneration === 'number' ? { observedGeneration } : {}),
    ...(typeof observedDigest === 'string' ? { observedDigest } : {}),
    ...(typeof uid === 'string' && typeof version === 'string' ? { secret: { uid, version } } : {}),
    ...(Array.isArray(sealedWith) ? { sealedWith: sealedWith.filter((print) => typeof print === 'string') } : {}),
  }
}

function readCondition(value: unknown): Condition | undefined {
  const { type, status, lastTransitionTime, lastUpdateTime, ...rest } = fields(value)
  if (type !== 'Synced' || (status !== 'True' && status !== 'False')) return undefined
  const [message, reason] = [optionalText(rest.message), optionalText(rest.reason)]
  return {
    type,
    status,
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    lastTransitionTime: optionalText(lastTransitionTime) ?? '',
    lastUpdateTime: optionalText(lastUpdateTime) ?? '',
  }
}

/** Conditions that other programs set. */
export function otherConditions(value: unknown): readonly Fields[] {
  return items(fields(value).conditions)
    .filter(isFields)
    .filter((condition) => condition.type !== 'Synced')
}

/**
 * The JSON merge patch (RFC 7386) that makes `status` the status of exactly that version of the object: a
 * resourceVersion in a patch is a precondition. Fields and conditions of other programs stay; of ours, those that
 * `status` leaves out are removed. Ours is the first condition, which the printer columns show.
 */
export function statusPatch(version: string, status: SealedSecretStatus, others: readonly Fields[]): Fields {
  const { conditions, observedGeneration, observedDigest, secret, sealedWith } = status
  return {
    metadata: { resourceVersion: version },
    status: {
      conditions: [...conditions, ...others],
      observedGeneration: observedGeneration ?? null,
      observedDigest: observedDigest ?? null,
      secret: secret ?? null,
      sealedWith: sealedWith ?? null,
    },
  }
}
