/** The status of a SealedSecret as JSON of the API. */
import type { Condition, SealedSecretEntry, SealedSecretStatus } from '../../state.ts'
import { type Fields, fields, isFields, items, optionalText } from './fields.ts'
import { API_VERSION } from './paths.ts'

/** What is ours of a status; anything of an unexpected type counts as absent. */
export function readStatus(value: unknown): SealedSecretStatus | undefined {
  if (!isFields(value)) return undefined
  const { observedGeneration, observedDigest, secret, sealedWith } = value
  const { uid, version, patched } = fields(secret)
  return {
    conditions: items(value.conditions)
      .map(readCondition)
      .filter((condition) => condition !== undefined),
    ...(typeof observedGeneration === 'number' ? { observedGeneration } : {}),
    ...(typeof observedDigest === 'string' ? { observedDigest } : {}),
    ...(typeof uid === 'string' && typeof version === 'string'
      ? { secret: { uid, version, ...(patched === true ? { patched } : {}) } }
      : {}),
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
 * The object to PUT to the status subresource, which takes nothing but `status` from it; the resourceVersion makes it
 * exactly that version. PUT, because Bitnami's roles grant `update` and not `patch`. Conditions of other programs stay;
 * other fields of theirs there cannot be, as the definitions (Bitnami's and ours) prune them. Ours is the first
 * condition, which the printer columns show.
 */
export function statusUpdate(entry: SealedSecretEntry, status: SealedSecretStatus, others: readonly Fields[]): Fields {
  const { namespace, name, version } = entry
  return {
    apiVersion: API_VERSION,
    kind: 'SealedSecret',
    metadata: { namespace, name, resourceVersion: version },
    status: { ...status, conditions: [...status.conditions, ...others] },
  }
}
