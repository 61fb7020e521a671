import { encodeBase64 } from './bytes.ts'
import { mapBounded } from './concurrent.ts'
import { sealEnvelope } from './envelope.ts'
import { WaxsealError } from './errors.ts'
import type { SealingKey } from './keys.ts'
import type { SealedSecret, SecretManifest } from './manifest.ts'
import { byBytes, type ObjectMeta, pickMeta } from './meta.ts'
import { checkDataKey, checkName, checkNamespace } from './names.ts'
import { emptyRecord } from './parse.ts'
import type { Plaintext } from './plaintext.ts'
import { ANNOTATION, label, type Scope, scopeOf } from './scope.ts'

export interface SealOptions {
  /** A parsed certificate, or just its key. */
  readonly certificate: { readonly sealingKey: SealingKey }
  /** Other than strict, replaces the Secret's own scope annotations; strict and undefined leave them. */
  readonly scope?: Scope
  /** The namespace asked for: used when the Secret has none, an error when it has another. */
  readonly namespace?: string
  /** Replaces the Secret's name. */
  readonly name?: string
  /** Used when neither the Secret nor `namespace` says one. */
  readonly defaultNamespace?: string
  readonly allowEmpty?: boolean
  /** Whether to note the key's fingerprint in the annotation `waxseal.dev/sealed-with`. */
  readonly noteSealedWith?: boolean
  /** Does the sealing itself, for the key of `certificate`: in threads, say. Default: `sealValues`. */
  readonly sealValues?: SealValues
}

/** Seals values under a label. Returns the base64 texts for `spec.encryptedData`, in their order. */
export type SealValues = (label: Uint8Array, values: readonly Plaintext[]) => Promise<readonly string[]>

/** What the template keeps of a Secret's metadata. Owner references and fields that the server sets are left out. */
const KEPT = ['name', 'generateName', 'namespace', 'labels', 'annotations', 'finalizers', 'managedFields']

/** Copies of a whole applied object, with the secret in plain text: they must never reach the output. */
const LAST_APPLIED = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'kubecfg.ksonnet.io/last-applied-configuration',
]

/**
 * Seals every value of a Secret. Fields of the result stand in kubeseal's order, data keys sorted.
 * @throws WaxsealError `missing-name`, `missing-namespace`, `namespace-mismatch`, `empty-secret`, or `bad-manifest` for
 *   a name, namespace or data key that no cluster would accept
 */
export async function sealSecret(secret: SecretManifest, options: SealOptions): Promise<SealedSecret> {
  const template = templateMeta(secret.metadata, options.scope)
  const scope = scopeOf(template.annotations)
  const name = options.name || secret.metadata.name
  if (!name) {
    throw new WaxsealError('missing-name', 'metadata.name: the Secret has no name', { hint: 'add one, or use --name' })
  }
  checkName(name, 'metadata.name')
  const namespace = namespaceFor(secret.metadata.namespace, scope, options)
  if (secret.data.size === 0 && options.allowEmpty !== true) {
    throw new WaxsealError('empty-secret', 'the Secret has no data', {
      hint: 'to seal it all the same, use --allow-empty-data',
    })
  }
  const { sealingKey } = options.certificate
  const seal: SealValues = options.sealValues ?? ((bound, values) => sealValues(sealingKey, bound, values))
  const encryptedData = await sealItems(secret.data, label(scope, namespace ?? '', name), seal)
  const own = { name, ...(namespace === undefined ? {} : { namespace }) }
  const annotations = ownAnnotations(scope, options.noteSealedWith === true ? sealingKey.fingerprint : undefined)
  return {
    kind: 'SealedSecret',
    apiVersion: 'bitnami.com/v1alpha1',
    metadata: { ...own, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: {
      template: {
        metadata: pickMeta({ ...template, ...own }, KEPT),
        ...(secret.type ? { type: secret.type } : {}),
        ...(secret.immutable === undefined ? {} : { immutable: secret.immutable }),
      },
      encryptedData,
    },
  }
}

/**
 * Seals one value.
 * @returns the base64 text for `spec.encryptedData`
 */
export async function sealValue(
  key: SealingKey,
  scope: Scope,
  namespace: string,
  name: string,
  value: Plaintext,
): Promise<string> {
  return encodeBase64(await sealEnvelope(key, label(scope, namespace, name), value))
}

/** See SealValues. */
export function sealValues(
  key: SealingKey,
  label: Uint8Array,
  values: readonly Plaintext[],
): Promise<readonly string[]> {
  return mapBounded(values, async (value) => encodeBase64(await sealEnvelope(key, label, value)))
}

async function sealItems(
  data: ReadonlyMap<string, Plaintext>,
  bound: Uint8Array,
  seal: SealValues,
): Promise<Record<string, string>> {
  const items = [...data].sort(([a], [b]) => byBytes(a, b))
  for (const [name] of items) checkDataKey(name)
  const sealed = await seal(
    bound,
    items.map(([, value]) => value),
  )
  const record = emptyRecord<string>()
  for (const [i, [name]] of items.entries()) {
    const text = sealed[i]
    if (text === undefined) throw new RangeError(`${items.length} values were to be sealed, and ${sealed.length} were`)
    record[name] = text
  }
  return record
}

/** The template's metadata with the annotations it shall have. */
function templateMeta(meta: ObjectMeta, scope: Scope | undefined): ObjectMeta {
  const annotations = { ...meta.annotations }
  for (const name of LAST_APPLIED) delete annotations[name]
  if (scope !== undefined && scope !== 'strict') {
    delete annotations[ANNOTATION.clusterWide]
    delete annotations[ANNOTATION.namespaceWide]
    Object.assign(annotations, scopeAnnotation(scope))
  }
  return { ...meta, annotations }
}

/** The SealedSecret's own annotations: the one of the scope that counts, and the note of the key. */
function ownAnnotations(scope: Scope, sealedWith: string | undefined): Record<string, string> {
  return { ...scopeAnnotation(scope), ...(sealedWith === undefined ? {} : { [ANNOTATION.sealedWith]: sealedWith }) }
}

function scopeAnnotation(scope: Scope): Record<string, string> {
  if (scope === 'strict') return {}
  return { [scope === 'cluster-wide' ? ANNOTATION.clusterWide : ANNOTATION.namespaceWide]: 'true' }
}

/** The namespace to seal for; undefined only where it binds nothing. */
function namespaceFor(own: string | undefined, scope: Scope, options: SealOptions): string | undefined {
  const wanted = options.namespace
  if (scope === 'cluster-wide') {
    if (own) checkNamespace(own, 'metadata.namespace')
    return own || undefined
  }
  if (own && wanted && own !== wanted) {
    const message = `namespace mismatch: input secret is in namespace ${JSON.stringify(own)} but ${JSON.stringify(wanted)} was specified`
    throw new WaxsealError('namespace-mismatch', message, {
      hint: 'a value sealed for one namespace opens in no other',
    })
  }
  const namespace = own || wanted || options.defaultNamespace
  if (!namespace) {
    throw new WaxsealError('missing-namespace', 'metadata.namespace: the Secret has no namespace', {
      hint: 'add one, or use --namespace',
    })
  }
  checkNamespace(namespace, 'metadata.namespace')
  return namespace
}
