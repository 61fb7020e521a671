/** Seals one bare value. */
import { checkName, checkNamespace, type Plaintext, type Scope, sealValue } from '@waxseal/core'
import type { ClusterOptions } from '../cluster/cluster.ts'
import { loadKubeconfig, namespaceOf } from '../cluster/kubeconfig.ts'
import type { Context } from '../context.ts'
import { type CertificateSource, loadSealingCertificate } from '../io/certificate.ts'
import { CliError } from '../messages.ts'

export interface RawRequest {
  readonly scope: Scope
  readonly name: string | undefined
  /** Undefined: that of the kubeconfig's context, where the scope needs one. */
  readonly namespace: string | undefined
  readonly certificate: CertificateSource
  /** Called last, as it may wait for a person. */
  readonly value: () => Plaintext
}

/** A sealed value, and where it opens. */
export interface RawValue {
  readonly scope: Scope
  /** Undefined where the scope allows any. */
  readonly namespace: string | undefined
  readonly name: string | undefined
  /** Fingerprint of the key that opens it. */
  readonly sealedWith: string
  /** The base64 envelope, as `spec.encryptedData` holds it. */
  readonly value: string
}

export async function sealRaw(context: Context, request: RawRequest): Promise<RawValue> {
  const { scope, name = '' } = request
  if (scope === 'strict' && name === '') {
    throw new CliError('a strict value is sealed for one Secret: --name NAME says which', {
      hint: '--scope namespace-wide seals for any name in the namespace',
    })
  }
  if (name !== '') checkName(name, '--name')
  const namespace = request.namespace ?? (await fallback(context, scope, request.certificate.cluster))
  if (namespace !== '') checkNamespace(namespace, '--namespace')
  const { sealingKey } = await loadSealingCertificate(context, request.certificate)
  return {
    scope,
    namespace: scope === 'cluster-wide' ? undefined : namespace,
    name: scope === 'strict' ? name : undefined,
    sealedWith: sealingKey.fingerprint,
    value: await sealValue(sealingKey, scope, namespace, name, request.value()),
  }
}

async function fallback(context: Context, scope: Scope, options: ClusterOptions): Promise<string> {
  if (scope === 'cluster-wide') return ''
  const config = await loadKubeconfig(context.files, context.env, options.kubeconfig)
  const namespace = namespaceOf(config, options)
  if (namespace !== undefined) return namespace
  throw new CliError('no namespace: -n NAMESPACE says for which the value is sealed', {
    hint: 'there is no kubeconfig whose context would say it; --scope cluster-wide seals for all',
  })
}
