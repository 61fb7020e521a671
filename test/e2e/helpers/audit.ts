/** What the controller asked of the API server, from the API server's own record. */
import { parseAllDocuments } from 'yaml'
import { answer } from '../../kube/json.ts'

/** Metadata of every request of the controller's ServiceAccount, of nobody else's. */
export const AUDIT_POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    userGroups: ["system:serviceaccounts"]
`

export interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly objectRef?: {
    readonly namespace?: string
    readonly name?: string
    readonly resource?: string
    readonly subresource?: string
    readonly apiGroup?: string
  }
  readonly stageTimestamp: string
  readonly responseStatus?: { readonly code: number }
  readonly annotations?: Readonly<Record<string, string>>
}

/** Whether the account lacked the right. Other 403s have other reasons, such as a namespace that is being deleted. */
export const isRefused = ({ annotations }: AuditEvent): boolean =>
  annotations?.['authorization.k8s.io/decision'] === 'forbid'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

interface RoleObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly Rule[]
  readonly roleRef?: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[]
}

/** A right as one line: `SCOPE VERB GROUP/RESOURCE`, the scope being a namespace or `*`. */
type Right = string

/** The rights that manifests (YAML) bind to a ServiceAccount. */
export function grantedRights(manifests: string, account: string): Set<Right> {
  const objects = parseAllDocuments(manifests).map((document) => answer<RoleObject>(document.toJS()))
  const bindings = objects.filter(({ subjects }) =>
    subjects?.some(({ kind, name }) => kind === 'ServiceAccount' && name === account),
  )
  const rights = bindings.flatMap(({ roleRef, metadata: { namespace } }) => {
    const role = objects.find(({ kind, metadata }) => kind === roleRef?.kind && metadata.name === roleRef.name)
    return (role?.rules ?? []).flatMap((rule) => rightsOf(rule, namespace ?? '*'))
  })
  return new Set(rights)
}

const rightsOf = ({ apiGroups, resources, verbs }: Rule, scope: string): Right[] =>
  apiGroups.flatMap((group) =>
    resources.flatMap((resource) => verbs.map((verb) => `${scope} ${verb} ${group}/${resource}`)),
  )

/** The rights that requests made use of; requests in `home` count for it, all others for the whole cluster. */
export function usedRights(events: readonly AuditEvent[], home: string): Set<Right> {
  return new Set(
    events.flatMap(({ verb, objectRef }) => {
      if (objectRef?.resource === undefined) return []
      const { namespace, apiGroup = '', resource, subresource } = objectRef
      const what = subresource === undefined ? resource : `${resource}/${subresource}`
      return [`${namespace === home ? home : '*'} ${verb} ${apiGroup}/${what}`]
    }),
  )
}
