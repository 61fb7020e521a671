/** The Lease over which replicas agree, as client-go's leader election uses it (coordination.k8s.io/v1). */

/** What a Lease says; times are wall times in ms, as its writer's clock had them, and only shown to people. */
export interface LeaseRecord {
  /** Empty when it was given back. */
  readonly holder: string
  readonly durationSeconds: number
  readonly acquireTime: number
  readonly renewTime: number
  readonly transitions: number
}

/** A Lease as it is stored. */
export interface StoredLease {
  readonly record: LeaseRecord
  /** Changes with every write, by whomever. */
  readonly version: string
}

/** Where the Lease is. All throw StoreError. */
export interface Leases {
  /** Undefined when there is none. */
  read(): Promise<StoredLease | undefined>
  /** `exists` when somebody was faster. */
  create(record: LeaseRecord): Promise<StoredLease>
  /** `conflict` unless `lease` is what is stored. */
  update(lease: StoredLease, record: LeaseRecord): Promise<StoredLease>
}
