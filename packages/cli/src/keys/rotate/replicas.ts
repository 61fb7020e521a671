/** Whether all replicas of a controller seal with a key. */
import { WaxsealError } from '@waxseal/core'
import { at, listed } from '../../cluster/answer.ts'
import type { ClusterOptions } from '../../cluster/cluster.ts'
import { textOf } from '../../cluster/kubeconfig.ts'
import type { Api } from '../../cluster/service.ts'
import { readCertificatePem } from '../../io/x509.ts'
import { CliError } from '../../messages.ts'

const PAUSE_MS = 500
/** Behind a Service answers another replica each time, or the same one: so many in a row have to agree. */
const AGREEING = 10

/**
 * Asks each Pod behind the controller's Service through the API server, where that is allowed (list on endpointslices, get on
 * pods/proxy); else the Service, until ten answers in a row agree.
 * @throws CliError after `seconds`; the key is in its place then, and nothing is lost
 */
export async function untilAllSeal(
  api: Api,
  options: ClusterOptions,
  fingerprint: string,
  seconds: number,
): Promise<string> {
  const end = Date.now() + seconds * 1000
  const service = await servicePath(api, options)
  let last = 'nobody answers'
  let agreeing = 0
  for (;;) {
    const pods = await podPaths(api, options)
    const answers = await Promise.all((pods ?? [service]).map((path) => sealsWith(api, path)))
    const isAsked = pods !== undefined && !answers.includes('forbidden')
    const wrong = answers.filter((each) => each !== fingerprint)
    if (isAsked && answers.length > 0 && wrong.length === 0) return `all ${answers.length} replicas`
    if (!isAsked) {
      const answer = pods === undefined ? answers[0] : await sealsWith(api, service)
      agreeing = answer === fingerprint ? agreeing + 1 : 0
      if (agreeing >= AGREEING) return `${AGREEING} answers of the Service in a row`
      last = saidBy(answer)
    } else last = answers.length === 0 ? 'no replica runs' : saidBy(wrong[0])
    if (Date.now() > end) throw notYet(last, seconds)
    await new Promise((resolve) => setTimeout(resolve, agreeing > 0 ? PAUSE_MS / 10 : PAUSE_MS))
  }
}

function notYet(last: string, seconds: number): CliError {
  return new CliError(`the controller does not seal with the new key after ${seconds} s: ${last}`, {
    hint: 'the key is there, and nothing else has changed: see to the controller (one of Bitnami takes new keys when it starts), then run the same command again',
  })
}

const saidBy = (answer: string | undefined): string =>
  answer !== undefined && /^[0-9a-f]{64}$/.test(answer)
    ? `a replica seals with ${answer.slice(0, 16)}`
    : `a replica answers ${answer ?? 'nothing'}`

/** Undefined where the endpoints may not be seen, or there are none of Pods. */
async function podPaths(
  api: Api,
  { controllerName, controllerNamespace }: ClusterOptions,
): Promise<string[] | undefined> {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${controllerName}`)
  const namespace = encodeURIComponent(controllerNamespace)
  const answer = await api.get(
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`,
  )
  if (answer.status !== 200) return undefined
  return listed(at(JSON.parse(answer.body), 'items')).flatMap((slice) => {
    const port = Number(at(listed(at(slice, 'ports'))[0], 'port')) || 8080
    return listed(at(slice, 'endpoints')).flatMap((endpoint) => {
      const pod = textOf(at(at(endpoint, 'targetRef'), 'name'))
      if (pod === undefined || at(at(endpoint, 'conditions'), 'ready') === false) return []
      return [`/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}:${port}/proxy/v1/cert.pem`]
    })
  })
}

/** With the name of its first port, as kubeseal finds it. */
async function servicePath(api: Api, { controllerName, controllerNamespace }: ClusterOptions): Promise<string> {
  const services = `/api/v1/namespaces/${encodeURIComponent(controllerNamespace)}/services`
  const { status, body } = await api.get(`${services}/${encodeURIComponent(controllerName)}`)
  const port = status === 200 ? textOf(at(listed(at(at(JSON.parse(body), 'spec'), 'ports'))[0], 'name')) : 'http'
  return `${services}/http:${encodeURIComponent(controllerName)}:${port ?? ''}/proxy/v1/cert.pem`
}

/** A fingerprint, `forbidden`, or what else came. */
async function sealsWith(api: Api, path: string): Promise<string> {
  try {
    const { status, body } = await api.get(path)
    if (status === 403) return 'forbidden'
    if (status !== 200) return `with ${status}`
    return (await readCertificatePem(body)).fingerprint
  } catch (error) {
    if (error instanceof WaxsealError) return 'something that is no certificate'
    if (error instanceof CliError) return 'nothing'
    throw error
  }
}
