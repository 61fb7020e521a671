/** The Lease of leader election on an API server. */
import type { LeaseRecord, Leases, StoredLease } from '../../leadership/lease.ts'
import { StoreError } from '../../ports.ts'
import { type Fields, fields, text } from './fields.ts'
import { leasesPath, member } from './paths.ts'
import type { Transport } from './transport.ts'

export interface LeasePlace {
  readonly namespace: string
  readonly name: string
}

/** A renewal that takes longer comes too late. */
const TIMEOUT_MS = 5000
/** Longer than any election has it: what somebody wrote by hand must not keep everybody waiting for ever. */
const MAX_DURATION_SECONDS = 3600

export function kubernetesLeases(transport: Transport, { namespace, name }: LeasePlace): Leases {
  const path = leasesPath(namespace)
  const what = `leases ${namespace}/${name}`
  const call = { timeoutMs: TIMEOUT_MS } as const
  return {
    async read() {
      try {
        return stored(await transport.call({ ...call, method: 'GET', path: member(path, name), what: `get ${what}` }))
      } catch (error) {
        if (error instanceof StoreError && error.code === 'not-found') return undefined
        throw error
      }
    },
    async create(record) {
      const body = manifest({ namespace, name }, record)
      return stored(await transport.call({ ...call, method: 'POST', path, body, what: `create ${what}` }))
    },
    async update({ version }, record) {
      const body = manifest({ namespace, name }, record, version)
      return stored(
        await transport.call({ ...call, method: 'PUT', path: member(path, name), body, what: `update ${what}` }),
      )
    },
  }
}

function manifest({ namespace, name }: LeasePlace, record: LeaseRecord, resourceVersion?: string): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: {
      ...(record.holder === '' ? {} : { holderIdentity: record.holder }),
      leaseDurationSeconds: record.durationSeconds,
      acquireTime: microTime(record.acquireTime),
      renewTime: microTime(record.renewTime),
      leaseTransitions: record.transitions,
    },
  }
}

/** V1MicroTime: RFC 3339 in UTC with six digits of a second; the API server refuses others. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

function stored(answer: unknown): StoredLease {
  const { metadata, spec } = fields(answer)
  const found = fields(spec)
  return {
    version: text(fields(metadata).resourceVersion) ?? '',
    record: {
      holder: text(found.holderIdentity) ?? '',
      durationSeconds: Math.min(numberOf(found, 'leaseDurationSeconds'), MAX_DURATION_SECONDS),
      acquireTime: timeOf(found, 'acquireTime'),
      renewTime: timeOf(found, 'renewTime'),
      transitions: numberOf(found, 'leaseTransitions'),
    },
  }
}

function numberOf(from: Fields, name: string): number {
  const value = from[name]
  return typeof value === 'number' && value >= 0 ? value : 0
}

function timeOf(from: Fields, name: string): number {
  const time = Date.parse(text(from[name]) ?? '')
  return Number.isNaN(time) ? 0 : time
}
