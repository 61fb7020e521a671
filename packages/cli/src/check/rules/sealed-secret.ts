import {
  ANNOTATION,
  field,
  isObject,
  isSealedSecret,
  type JsonObject,
  parseSealedSecret,
  type SealedSecret,
  scopeOf,
  WaxsealError,
} from '@waxseal/core'
import type { Draft } from '../finding.ts'
import { checkEnvelopes } from './envelope.ts'
import type { KeyFacts } from './key-facts.ts'
import { checkNames } from './names.ts'
import { isTemplated } from './placeholder.ts'
import { checkBesideSealed } from './secret.ts'

/**
 * @param keys the certificates given; none means that nothing is known of them
 * @param isTemplate a Helm template: what does not parse may do so once it is filled in
 */
export function checkSealedSecret(value: JsonObject, keys: readonly KeyFacts[], isTemplate: boolean): readonly Draft[] {
  return [...checkBesideSealed(value), ...checkItself(value, keys, isTemplate)]
}

function checkItself(value: JsonObject, keys: readonly KeyFacts[], isTemplate: boolean): readonly Draft[] {
  const apiVersion = field(value, 'apiVersion')
  if (field(value, 'kind') !== 'SealedSecret') return [invalid('kind: must be SealedSecret', ['kind'])]
  if (!isSealedSecret(value)) {
    if (isTemplate || (typeof apiVersion === 'string' && !apiVersion.startsWith('bitnami.com/'))) return []
    return [invalid('apiVersion: must be bitnami.com/v1alpha1', ['apiVersion'])]
  }
  let sealed: SealedSecret
  try {
    sealed = parseSealedSecret(value)
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return isTemplate ? [] : [invalid(error.message, pathOf(error.message))]
  }
  return [...checkScope(sealed), ...checkNames(sealed), ...checkKey(sealed, keys), ...checkEnvelopes(sealed, keys)]
}

function invalid(message: string, path: Draft['path']): Draft {
  return { rule: 'invalid-sealedsecret', message, path }
}

/** The path that a `bad-manifest` names in front of its message. A key may have dots, so it is the path as far as that goes. */
function pathOf(message: string): Draft['path'] {
  return (message.split(':')[0] ?? '').split('.')
}

/**
 * Only the SealedSecret's own annotations set the scope. A controller that listened to the template's, as Bitnami's did on rotate
 * (CVE-2026-22728), would let anybody who can edit the template widen it.
 */
function checkScope({ metadata, spec }: SealedSecret): readonly Draft[] {
  const template = spec.template.metadata?.annotations
  const [own, asked] = [scopeOf(metadata.annotations), scopeOf(template)]
  if (asked === 'strict' || asked === own) return []
  const name = asked === 'cluster-wide' ? ANNOTATION.clusterWide : ANNOTATION.namespaceWide
  const message = `the template says ${asked}, and the SealedSecret itself is ${own}: only its own annotations count`
  return [{ rule: 'scope-in-template', message, path: ['spec', 'template', 'metadata', 'annotations', name] }]
}

/** By the fingerprints that waxseal notes; kubeseal notes none. */
function checkKey({ metadata }: SealedSecret, keys: readonly KeyFacts[]): readonly Draft[] {
  const noted: unknown = isObject(metadata.annotations) ? field(metadata.annotations, ANNOTATION.sealedWith) : undefined
  if (keys.length === 0 || typeof noted !== 'string' || noted === '' || isTemplated(noted)) return []
  const known = new Set(keys.map(({ fingerprint }) => fingerprint))
  const other = noted.split(',').find((each) => !known.has(each.trim()))
  if (other === undefined) return []
  const message = `sealed for the key ${other.trim().slice(0, 16)}..., which is of none of the certificates given: seal it again`
  return [{ rule: 'wrong-key', message, path: ['metadata', 'annotations', ANNOTATION.sealedWith] }]
}
