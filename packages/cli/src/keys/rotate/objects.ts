/** Seals the SealedSecrets of a cluster again that nothing but the cluster holds. */
import { ANNOTATION, parseSealedSecret, WaxsealError } from '@waxseal/core'
import { at, listed } from '../../cluster/answer.ts'
import { textOf } from '../../cluster/kubeconfig.ts'
import type { Api } from '../../cluster/service.ts'
import { CliError, describe } from '../../messages.ts'
import { mapSome } from '../../reseal/bounded.ts'
import type { Engine } from '../../reseal/engine.ts'
import { provenKeys, sealedSecretPages } from '../needs/cluster.ts'
import type { ObjectEntry } from './report.ts'

export interface ObjectsRun {
  resealed: number
  current: number
  /** Left alone, one line each. */
  readonly left: string[]
  readonly failed: string[]
  /** What became of each. */
  readonly entries: ObjectEntry[]
}

const IN_FLIGHT = 16
/** Somebody else may write the same object at the same time. */
const ATTEMPTS = 5

/** `inPaths`: whether a SealedSecret (`namespace/name`) stands in a file that was sealed again. */
export async function resealObjects(
  api: Api,
  engine: Engine,
  inPaths: (title: string) => boolean,
): Promise<ObjectsRun> {
  const run: ObjectsRun = { resealed: 0, current: 0, left: [], failed: [], entries: [] }
  for await (const page of sealedSecretPages(api)) {
    await mapSome(page, IN_FLIGHT, async (item) => {
      const { namespace, name, title } = nameOf(item)
      const tell = (result: string, why: { reason?: string; error?: string } = {}): void =>
        void run.entries.push({ namespace, name, result, ...why })
      const keys = provenKeys(item)
      if (keys?.every((key) => key === engine.fingerprint)) {
        run.current += 1
        tell('current')
        return
      }
      const origin = inPaths(title) ? 'it stands in a file that was given: apply that' : originOf(item)
      if (origin !== undefined) {
        run.left.push(`${title}: ${origin}`)
        tell('left', { reason: origin })
        return
      }
      try {
        const changed = await resealObject(api, engine, item)
        run[changed ? 'resealed' : 'current'] += 1
        tell(changed ? 'resealed' : 'current')
      } catch (error) {
        if (!(error instanceof WaxsealError || error instanceof CliError)) throw error
        const { message } = describe(error)
        run.failed.push(`${title}: ${message}`)
        tell('failed', { error: message })
      }
    })
  }
  return run
}

function nameOf(item: unknown): { namespace: string; name: string; title: string } {
  const metadata = at(item, 'metadata')
  const [namespace, name] = [textOf(at(metadata, 'namespace')) ?? '', textOf(at(metadata, 'name')) ?? '']
  return { namespace, name, title: `${namespace}/${name}` }
}

/** By the mark that each of these tools leaves: it would put the old values back at its next sync. */
const MARKS: readonly (readonly ['labels' | 'annotations', string, string])[] = [
  ['annotations', 'argocd.argoproj.io/tracking-id', 'Argo CD puts it there'],
  ['labels', 'argocd.argoproj.io/instance', 'Argo CD puts it there'],
  ['labels', 'kustomize.toolkit.fluxcd.io/name', 'Flux puts it there'],
  ['labels', 'helm.toolkit.fluxcd.io/name', 'Flux puts it there'],
  ['annotations', 'meta.helm.sh/release-name', 'Helm puts it there'],
  ['labels', 'app.kubernetes.io/instance', 'Argo CD or Helm puts it there'],
  ['labels', 'kapp.k14s.io/app', 'kapp puts it there'],
  ['annotations', 'objectset.rio.cattle.io/id', 'Fleet puts it there'],
  ['annotations', 'config.k8s.io/owning-inventory', 'kpt or Config Sync puts it there'],
  ['annotations', 'kubectl.kubernetes.io/last-applied-configuration', 'kubectl apply puts it there from a file'],
]

/** Where it comes from, if that is not the cluster alone; also by the owner, which writes it anew. */
function originOf(item: unknown): string | undefined {
  const metadata = at(item, 'metadata')
  const mark = MARKS.find(([field, name]) => textOf(at(at(metadata, field), name)) !== undefined)
  if (mark !== undefined) return `${mark[2]}: seal it again at its source`
  const applied = listed(at(metadata, 'managedFields')).find(
    (each) => at(each, 'operation') === 'Apply' && !textOf(at(each, 'subresource')),
  )
  if (applied !== undefined) {
    return `${textOf(at(applied, 'manager')) ?? 'a tool'} puts it there from a file: seal it again at its source`
  }
  return at(metadata, 'ownerReferences') === undefined
    ? undefined
    : 'another object owns it: seal it again at its source'
}

/** True when something changed. The version that was read is named, so that nobody's change is undone; then it is read again. */
async function resealObject(api: Api, engine: Engine, first: unknown): Promise<boolean> {
  let item = first
  const { namespace, name } = nameOf(item)
  const path = `/apis/bitnami.com/v1alpha1/namespaces/${encodeURIComponent(namespace)}/sealedsecrets/${encodeURIComponent(name)}`
  for (let attempt = 1; ; attempt++) {
    const sealed = parseSealedSecret(item)
    const before = sealed.spec.encryptedData
    const { encryptedData } = await engine.reseal(sealed)
    if (Object.keys(before).every((key) => before[key] === encryptedData[key])) return false
    const resourceVersion = at(at(item, 'metadata'), 'resourceVersion')
    const annotations = { [ANNOTATION.sealedWith]: engine.fingerprint }
    const answer = await api.patch(
      path,
      JSON.stringify({ metadata: { resourceVersion, annotations }, spec: { encryptedData } }),
    )
    if (answer.status === 200) return true
    if (answer.status === 404) return false
    if (answer.status !== 409 || attempt === ATTEMPTS) throw refused(answer.status)
    const again = await api.get(path)
    if (again.status !== 200) throw refused(again.status)
    item = JSON.parse(again.body)
  }
}

function refused(status: number): CliError {
  if (status === 403) return new CliError('the right to patch sealedsecrets is missing (403)')
  return new CliError(status === 409 ? 'others keep changing it (409)' : `the API server answered ${status}`)
}
