/** What an existing Secret becomes that is to be patched, not replaced. Pure. */
import { ANNOTATION } from '@waxseal/core'
import type { SecretObject } from '../state.ts'
import type { Ownership } from './content.ts'

/** The parts of a Secret that are the controller's to set; all else in it belongs to somebody else. Names only. */
export interface Part {
  readonly data: readonly string[]
  readonly labels: readonly string[]
  readonly annotations: readonly string[]
  readonly owners: boolean
}

/**
 * What the owner of the existing Secret has granted. A template may not widen it: who may only merge values would take the
 * whole Secret over with the next look (bitnami/sealed-secrets#331).
 */
const GRANTS: ReadonlySet<string> = new Set([ANNOTATION.managed, ANNOTATION.patch])

export interface Merged {
  readonly secret: SecretObject
  readonly part: Part
}

/**
 * The existing Secret with the opened items, labels and annotations added or replaced; the owner only where it is
 * annotated as managed too. Type and immutability stay those of the existing one. What was merged once and is sealed no
 * longer stays: nobody can tell whose it is.
 */
export function merged(existing: SecretObject, opened: SecretObject, owned: Ownership): Merged {
  const { labels, annotations: given = {}, ownerReferences } = opened.metadata
  const annotations = Object.fromEntries(Object.entries(given).filter(([name]) => !GRANTS.has(name)))
  const owners = owned === 'managed'
  const { ownerReferences: before, ...metadata } = existing.metadata
  const after = owners ? ownerReferences : before
  return {
    secret: {
      ...existing,
      metadata: {
        ...metadata,
        ...joined('labels', metadata.labels, labels),
        ...joined('annotations', metadata.annotations, annotations),
        ...(after === undefined ? {} : { ownerReferences: after }),
      },
      data: { ...existing.data, ...opened.data },
    },
    part: {
      data: Object.keys(opened.data),
      labels: Object.keys(labels ?? {}),
      annotations: Object.keys(annotations),
      owners,
    },
  }
}

function joined(
  name: 'labels' | 'annotations',
  before: Readonly<Record<string, string>> | undefined,
  added: Readonly<Record<string, string>> | undefined,
): { labels?: Record<string, string>; annotations?: Record<string, string> } {
  return before === undefined && added === undefined ? {} : { [name]: { ...before, ...added } }
}

/** The Secret reduced to a part of it. */
export function partOf(secret: SecretObject, { data, labels, annotations, owners }: Part): SecretObject {
  const { metadata } = secret
  const { name, namespace } = metadata
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: picked(metadata.labels, labels),
      annotations: picked(metadata.annotations, annotations),
      ...(owners && metadata.ownerReferences !== undefined ? { ownerReferences: metadata.ownerReferences } : {}),
    },
    data: picked(secret.data, data),
  }
}

function picked(from: Readonly<Record<string, string>> = {}, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(from, name) ? [[name, from[name] ?? '']] : [])))
}
