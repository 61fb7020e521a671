/** Which keys a SealedSecret was probably sealed with, where nothing says so. */

/** A key and since when (ms) it was the newest, the newest first. */
export interface KeyAge {
  readonly fingerprint: string
  readonly since: number
}

export interface Traces {
  /** When the SealedSecret was last written, by somebody who may have sealed; ms. */
  readonly writtenAt: number | undefined
  /** What opened it when it was opened last. */
  readonly before: readonly string[]
  /** It has not changed since. */
  readonly unchanged: boolean
}

/**
 * Fingerprints, the likeliest first. Who seals takes the key that is the newest at that time, and what is sealed is
 * written soon: the newest key of that time comes first, then older ones, which were the newest when it was sealed if it
 * lay in a repository for long; then those that were not there yet by our clock. What opened an object that has not changed
 * opens it again; one that has changed may still hold some of its former values.
 */
export function likelyKeys(ages: readonly KeyAge[], { writtenAt, before, unchanged }: Traces): string[] {
  const late = ages.filter(({ since }) => writtenAt !== undefined && since > writtenAt).toReversed()
  const byAge = [...ages.filter((age) => !late.includes(age)), ...late].map(({ fingerprint }) => fingerprint)
  const first = unchanged ? [] : byAge.slice(0, 1)
  return [...new Set([...first, ...before, ...byAge])]
}
