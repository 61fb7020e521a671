/** What the benchmarks on a real API server share. */
import { readdirSync, readFileSync } from 'node:fs'
import type { SealedSecret } from '@waxseal/core'
import type { Controller } from '../e2e/helpers/controller.ts'
import type { NewObject, StoredSealedSecret } from '../e2e/helpers/objects.ts'
import type { World } from '../e2e/helpers/world.ts'
import type { Keys } from './fixtures.ts'
import { usage } from './measure.ts'

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A key Secret; `name` is the end of its name. */
export function keyObject({ certificatePem, privateKeyPem }: Keys, name: string): NewObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: {
      name: `sealed-secrets-key-${name}`,
      namespace: 'kube-system',
      labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
    },
    data: { 'tls.crt': btoa(certificatePem), 'tls.key': btoa(privateKeyPem) },
  }
}

export async function createAll(world: World, sealed: readonly SealedSecret[]): Promise<void> {
  for (let index = 0; index < sealed.length; index += 20) {
    const batch = sealed.slice(index, index + 20)
    await Promise.all(
      batch.map(({ apiVersion, kind, metadata, spec }) =>
        world.create({ apiVersion, kind, metadata: { ...metadata }, spec }),
      ),
    )
  }
}

/** How many Secrets there are, at the cost of reading one. */
export async function secretCount(world: World): Promise<number> {
  const path = '/api/v1/namespaces/bench/secrets?limit=1'
  const list = await world.plane.api.object<{ items: readonly unknown[]; metadata: { remainingItemCount?: number } }>(
    path,
  )
  return list.items.length + (list.metadata.remainingItemCount ?? 0)
}

/** Waits until the process has used no CPU to speak of for two seconds. */
export async function settled(controller: Controller): Promise<void> {
  for (let before = -1; ; ) {
    const now = usage(controller.pid).cpuSeconds
    if (now - before <= 0.02) return
    before = now
    await sleep(2000)
  }
}

export async function checkAll(world: World, count: number): Promise<void> {
  const sealed = await world.list<StoredSealedSecret>('SealedSecret', 'bench')
  const synced = sealed.filter((each) => each.status?.conditions?.[0]?.status === 'True')
  if (synced.length !== count) throw new Error(`${synced.length} of ${count} SealedSecrets are synced`)
}

/** CPU seconds that the programs of a control plane have used so far (Linux). */
export function planeSeconds(world: World): { readonly apiServer: number; readonly etcd: number } {
  const seconds = (program: string): number => {
    const pid = readdirSync('/proc').find((name) => {
      return /^\d+$/.test(name) && isProgram(`/proc/${name}/cmdline`, program, world.plane.dir)
    })
    return pid === undefined ? Number.NaN : usage(Number(pid)).cpuSeconds
  }
  return { apiServer: seconds('kube-apiserver'), etcd: seconds('etcd') }
}

function isProgram(file: string, program: string, dir: string): boolean {
  try {
    const [command = '', ...args] = readFileSync(file, 'utf8').split('\0')
    return command.endsWith(`/${program}`) && args.some((arg) => arg.startsWith(dir))
  } catch {
    // It has just ended.
    return false
  }
}
