/** Where things are in the folder. */
import { join } from 'node:path'
import type { ObjectRef } from '../../state.ts'

export interface Layout {
  readonly root: string
  /** In: SealedSecrets, in any folders. */
  readonly sealed: string
  /** Out: `NAMESPACE/NAME.yaml`. */
  readonly secrets: string
  /** Key Secrets. */
  readonly keys: string
  /** Out: the certificate to seal with. */
  readonly certificate: string
  /** Out: `NAMESPACE/NAME.yaml`, and `problems.yaml` about files that cannot be read. */
  readonly status: string
}

export const layoutOf = (root: string): Layout => ({
  root,
  sealed: join(root, 'sealed'),
  secrets: join(root, 'secrets'),
  keys: join(root, 'keys'),
  certificate: join(root, 'cert.pem'),
  status: join(root, 'status'),
})

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * Why a SealedSecret cannot have these names, or undefined. Kubernetes' rules (RFC 1123), which also keep names from
 * leading out of the folder: they hold no slash and no empty part.
 */
export function nameProblem({ namespace, name }: ObjectRef): string | undefined {
  if (!LABEL.test(namespace) || namespace.length > 63)
    return `metadata.namespace: ${JSON.stringify(namespace)} cannot be the name of a namespace`
  if (!SUBDOMAIN.test(name) || name.length > 253)
    return `metadata.name: ${JSON.stringify(name)} cannot be the name of a Secret`
  return undefined
}

export const fileName = ({ name }: ObjectRef): string => `${name}.yaml`

export const isManifest = (path: string): boolean => /\.(ya?ml|json)$/i.test(path)
