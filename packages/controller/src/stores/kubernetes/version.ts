/**
 * Order of resourceVersions. Kubernetes defines them, for one resource type, as decimal numbers that only grow
 * (KEP-5504); other servers may use opaque text, of which nothing is known.
 */
const DECIMAL = /^[0-9]+$/

/** True when `a` is known to come before `b`. Opaque versions are never older, so nothing is thrown away on a guess. */
export function isOlder(a: string, b: string): boolean {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return false
  return a.length === b.length ? a < b : a.length < b.length
}
