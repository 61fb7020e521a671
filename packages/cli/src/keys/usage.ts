/** Which SealedSecrets need which key, as far as that is proven. */
import { at, listed, textsIn } from '../cluster/answer.ts'
import { textOf } from '../cluster/kubeconfig.ts'
import type { Api } from '../cluster/service.ts'
import { CliError } from '../messages.ts'

export interface Usage {
  /** SealedSecrets and their items, by the fingerprint of a key that opened one of them. */
  readonly byKey: ReadonlyMap<string, { readonly sealedSecrets: number; readonly items: number }>
  /** SealedSecrets of which nobody has said yet what opens them: they may need any key. */
  readonly unknown: number
}

const PAGE = 500
const PAGES = 10_000

/**
 * From the status that a controller wrote: `sealedWith` are the keys that did open the items. It counts only where it is about the present
 * generation; notes that anybody could have written, such as the annotation of the same name, do not. Bitnami's definition prunes the
 * field, and its controller does not write it: then the answer is unknown.
 */
export async function clusterUsage(api: Api): Promise<Usage> {
  const byKey = new Map<string, { sealedSecrets: number; items: number }>()
  let unknown = 0
  let next = ''
  for (let page = 0; page < PAGES; page++) {
    const { items, token } = await pageOf(api, next)
    for (const item of items) {
      const keys = provenKeys(item)
      if (keys === undefined) unknown += 1
      for (const key of keys ?? []) {
        const sum = byKey.get(key) ?? { sealedSecrets: 0, items: 0 }
        byKey.set(key, { sealedSecrets: sum.sealedSecrets + 1, items: sum.items + itemsOf(item) })
      }
    }
    next = token
    if (next === '') break
  }
  return { byKey, unknown }
}

async function pageOf(api: Api, next: string): Promise<{ items: readonly unknown[]; token: string }> {
  const from = next === '' ? '' : `&continue=${encodeURIComponent(next)}`
  const answer = await api.get(`/apis/bitnami.com/v1alpha1/sealedsecrets?limit=${PAGE}${from}`)
  if (answer.status === 404) return { items: [], token: '' }
  if (answer.status !== 200) {
    throw new CliError(`the API server at ${api.server} answered ${answer.status} when asked for the SealedSecrets`, {
      hint: answer.status === 403 ? 'the right to list on sealedsecrets is missing' : 'try again',
    })
  }
  const parsed: unknown = JSON.parse(answer.body)
  return { items: listed(at(parsed, 'items')), token: textOf(at(at(parsed, 'metadata'), 'continue')) ?? '' }
}

function provenKeys(item: unknown): readonly string[] | undefined {
  const status = at(item, 'status')
  const isPresent = at(status, 'observedGeneration') === at(at(item, 'metadata'), 'generation')
  const keys = textsIn(at(status, 'sealedWith'))
  return isPresent && keys.length > 0 ? keys : undefined
}

function itemsOf(item: unknown): number {
  const values = at(at(item, 'spec'), 'encryptedData')
  return typeof values === 'object' && values !== null ? Object.keys(values).length : 0
}
