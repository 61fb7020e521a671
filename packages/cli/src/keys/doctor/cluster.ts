/** What the cluster around the keys shows. */
import { at, listed, textsIn } from '../../cluster/answer.ts'
import { textOf } from '../../cluster/kubeconfig.ts'
import type { Api } from '../../cluster/service.ts'
import { sealedSecretPages } from '../needs/cluster.ts'
import { type Finding, failure, ok, unknown, warning } from './finding.ts'

const SKEW_SECONDS = 60
/** So many are named. */
const SHOWN = 10
const REVIEWS = '/apis/authorization.k8s.io/v1'
const RBAC = '/apis/rbac.authorization.k8s.io/v1'

/** Against the API server's own clock. */
export async function checkClock(api: Api, now: () => Date): Promise<Finding> {
  const { headers } = await api.get('/version')
  const theirs = Date.parse(String(headers.date ?? ''))
  if (Number.isNaN(theirs)) return unknown('the API server does not say what time it is')
  const seconds = Math.round((now().getTime() - theirs) / 1000)
  if (Math.abs(seconds) <= SKEW_SECONDS) return ok('the clocks here and in the cluster agree')
  return warning(
    `the clock here is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the API server's`,
    'the newest key is the one that begins last: set the clock before making keys',
  )
}

/** What the person who asks may do with the keys (SelfSubjectAccessReview). */
export async function checkOwnRights(api: Api, namespace: string): Promise<readonly Finding[]> {
  const wanted = [
    ['list', '', 'secrets', 'see keys, back them up'],
    ['create', '', 'secrets', 'add and restore keys'],
    ['patch', '', 'secrets', 'retire keys, note backups'],
    ['delete', '', 'secrets', 'prune keys'],
    ['list', 'bitnami.com', 'sealedsecrets', 'see what needs them'],
  ] as const
  return Promise.all(
    wanted.map(async ([verb, group, resource, what]) => {
      const isKey = resource === 'secrets'
      const attributes = { verb, group, resource, ...(isKey ? { namespace } : {}) }
      const spec = { resourceAttributes: attributes }
      const may = await review(api, 'SelfSubjectAccessReview', spec)
      if (may === undefined) return unknown(`whether you may ${verb} ${resource}`)
      return may ? ok(`you may ${what}`) : warning(`you may not ${what}`, `the right to ${verb} ${resource} is missing`)
    }),
  )
}

/** Everybody with an account, or without one: never should any of those read keys (SubjectAccessReview). */
export async function checkEverybody(api: Api, namespace: string): Promise<readonly Finding[]> {
  const groups = ['system:unauthenticated', 'system:authenticated', 'system:serviceaccounts']
  return Promise.all(
    groups.map(async (group) => {
      const resourceAttributes = { verb: 'list', group: '', resource: 'secrets', namespace }
      const may = await review(api, 'SubjectAccessReview', { groups: [group], resourceAttributes })
      if (may === undefined) return unknown(`whether the group ${group} may read the keys: you may not ask that`)
      return may
        ? failure(
            `everybody in the group ${group} may read the keys`,
            `take the right to list secrets in ${namespace} away, then rotate`,
          )
        : ok(`the group ${group} may not read the keys`)
    }),
  )
}

async function review(api: Api, kind: string, spec: object): Promise<boolean | undefined> {
  const body = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec })
  const { status, body: answer } = await api.post(`${REVIEWS}/${kind.toLowerCase()}s`, body)
  return status === 201 ? at(at(JSON.parse(answer), 'status'), 'allowed') === true : undefined
}

/** Who is bound to a role that reads Secrets where the keys are. Kubernetes' own accounts are left out. */
export async function checkReaders(api: Api, namespace: string): Promise<Finding> {
  const inside = `${RBAC}/namespaces/${encodeURIComponent(namespace)}`
  const paths = [`${RBAC}/clusterroles`, `${inside}/roles`, `${RBAC}/clusterrolebindings`, `${inside}/rolebindings`]
  const answers = await Promise.all(paths.map((path) => api.get(path)))
  if (answers.some(({ status }) => status !== 200))
    return unknown('who may read the keys: you may not list roles and their bindings')
  const [clusterRoles = [], roles = [], ...bindings] = answers.map(({ body }) => listed(at(JSON.parse(body), 'items')))
  const reading = new Set([
    ...clusterRoles.filter(readsSecrets).map((role) => `ClusterRole ${nameOf(role)}`),
    ...roles.filter(readsSecrets).map((role) => `Role ${nameOf(role)}`),
  ])
  const readers = bindings.flat().flatMap((binding) => {
    const role = at(binding, 'roleRef')
    if (!reading.has(`${textOf(at(role, 'kind')) ?? ''} ${textOf(at(role, 'name')) ?? ''}`)) return []
    return listed(at(binding, 'subjects')).map(subjectOf)
  })
  const people = [...new Set(readers)].filter(
    (each) => !/^(?:User|Group) system:|^ServiceAccount kube-system\/(?!default$)/.test(each),
  )
  if (people.length === 0) return ok('by RBAC, only the system and its administrators may read the keys')
  return warning(`by RBAC these may read the keys: ${people.toSorted().join(', ')}`, 'is each of them meant to?')
}

const nameOf = (object: unknown): string => textOf(at(at(object, 'metadata'), 'name')) ?? ''

function subjectOf(subject: unknown): string {
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((field) => textOf(at(subject, field)) ?? '')
  return kind === 'ServiceAccount' ? `${kind} ${namespace}/${name}` : `${kind} ${name}`
}

/** A rule for single Secrets by name counts, too: it may name a key. */
function readsSecrets(role: unknown): boolean {
  return listed(at(role, 'rules')).some((rule) => {
    const has = (field: string, ...any: readonly string[]): boolean =>
      textsIn(at(rule, field)).some((each) => each === '*' || any.includes(each))
    const isCore = listed(at(rule, 'apiGroups')).some((each) => each === '' || each === '*')
    return isCore && has('resources', 'secrets') && has('verbs', 'get', 'list', 'watch')
  })
}

/** SealedSecrets that their controller could not open. */
export async function checkSealedSecrets(api: Api): Promise<Finding> {
  let count = 0
  const failing: string[] = []
  for await (const page of sealedSecretPages(api)) {
    for (const item of page) {
      count += 1
      const conditions = listed(at(at(item, 'status'), 'conditions'))
      const isFailing = conditions.some((each) => at(each, 'type') === 'Synced' && at(each, 'status') === 'False')
      if (isFailing) failing.push(`${textOf(at(at(item, 'metadata'), 'namespace')) ?? ''}/${nameOf(item)}`)
    }
  }
  if (failing.length === 0) return ok(`none of ${count} SealedSecrets fails`)
  const more = failing.length > SHOWN ? ` and ${failing.length - SHOWN} more` : ''
  return failure(
    `${failing.length} of ${count} SealedSecrets fail: ${failing.slice(0, SHOWN).join(', ')}${more}`,
    'kubectl describe says why; a key that is missing comes back with waxseal keys restore or activate',
  )
}
