/** Which SealedSecrets need which key, as far as that is proven. */
import type { Api } from '../cluster/service.ts'
import { needsOfCluster } from './needs/cluster.ts'
import type { Need } from './needs/need.ts'

export interface Usage {
  /** SealedSecrets and their items, by the fingerprint of a key that opened one of them. */
  readonly byKey: ReadonlyMap<string, { readonly sealedSecrets: number; readonly items: number }>
  /** SealedSecrets of which nobody has said yet what opens them: they may need any key. */
  readonly unknown: number
}

/**
 * From the status that a controller wrote: `sealedWith` are the keys that did open the items. It counts only where it is about the present
 * generation; notes that anybody could have written, such as the annotation of the same name, do not. Bitnami's definition prunes the
 * field, and its controller does not write it: then the answer is unknown.
 */
export async function clusterUsage(api: Api): Promise<Usage> {
  const sum = new Sum()
  await needsOfCluster(api, undefined, (need) => {
    sum.add(need)
    return false
  })
  return sum
}

export function usageOf(needs: readonly Need[]): Usage {
  const sum = new Sum()
  for (const need of needs) sum.add(need)
  return sum
}

class Sum implements Usage {
  readonly byKey: Map<string, { sealedSecrets: number; items: number }> = new Map()
  unknown = 0

  add({ keys, items, unknown }: Need): void {
    if (unknown !== undefined) this.unknown += 1
    for (const key of keys) {
      const { sealedSecrets, items: before } = this.byKey.get(key) ?? { sealedSecrets: 0, items: 0 }
      this.byKey.set(key, { sealedSecrets: sealedSecrets + 1, items: before + items.length })
    }
  }
}
