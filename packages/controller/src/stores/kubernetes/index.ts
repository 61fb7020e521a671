import { systemClock } from '../../clock.ts'
import type { Leases } from '../../leadership/lease.ts'
import type { Log } from '../../log/log.ts'
import type { Store } from '../../ports.ts'
import { VERSION } from '../../version.ts'
import { Credentials } from './credentials.ts'
import { loadKubeconfig } from './kubeconfig.ts'
import { kubernetesLeases, type LeasePlace } from './leases.ts'
import { type RequestRate, requestRate } from './request-rate.ts'
import { DEFAULT_TIMING } from './resource.ts'
import { KubernetesStore } from './store.ts'
import { Transport } from './transport.ts'

export interface KubernetesOptions {
  /** File, or list of files as in KUBECONFIG. Without it the Pod's service account counts, then KUBECONFIG. */
  readonly kubeconfig?: string
  /** Namespace of the key Secrets. */
  readonly controllerNamespace: string
  /** Namespaces whose SealedSecrets are followed. */
  readonly namespaces: 'all' | readonly string[]
  readonly log: Log
  /** Milliseconds for which this process may write; without it, always. */
  readonly writableMs?: () => number
  /** Only SealedSecrets with these labels. */
  readonly labelSelector?: string | undefined
  /** Whether Secrets are watched; without that each is read when it is looked at. */
  readonly followSecrets?: boolean
  /** Name of a key Secret of old that has no label. */
  readonly unlabelledKey?: string
  /** Of requests; without it there is no limit. */
  readonly rate?: RequestRate | undefined
}

/** Calls that run at the same time beside the watches. */
const PARALLEL_CALLS = 32

/**
 * A store on the API server of the given configuration; nothing is connected yet. Throws a FileProblem that names the file
 * when there is no usable configuration. `close` ends all connections; the store cannot be started again.
 */
export async function openKubernetesStore(options: KubernetesOptions): Promise<Store & { close(): Promise<void> }> {
  const { kubeconfig, controllerNamespace, namespaces, log, writableMs, rate, ...rest } = options
  const credentials = new Credentials(await loadKubeconfig(kubeconfig))
  const watches = 1 + 2 * (namespaces === 'all' ? 1 : new Set(namespaces).size)
  const userAgent = `waxseal-controller/${VERSION}`
  const transport = new Transport({
    ...{ credentials, connections: watches + PARALLEL_CALLS, userAgent },
    ...(writableMs === undefined ? {} : { writableMs }),
    ...(rate === undefined ? {} : { admit: requestRate(rate, systemClock) }),
  })
  return new KubernetesStore({
    ...{ ...rest, transport, controllerNamespace, namespaces, log },
    ...{ clock: systemClock, timing: DEFAULT_TIMING, random: Math.random },
  })
}

/** The Lease of leader election, over connections of its own: renewing it never waits for other work. */
export async function openLeases(
  kubeconfig: string | undefined,
  place: LeasePlace,
): Promise<{ leases: Leases; close(): Promise<void> }> {
  const credentials = new Credentials(await loadKubeconfig(kubeconfig))
  const transport = new Transport({ credentials, connections: 2, userAgent: `waxseal-controller/${VERSION}` })
  return { leases: kubernetesLeases(transport, place), close: () => transport.close() }
}
