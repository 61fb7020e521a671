/** Test suites that need a control plane. */
import { describe } from 'vitest'
import { controlPlaneAssets, requireAll } from './assets.ts'
import { networkMissing } from './network.ts'

/** As vitest's describe; with something missing it is skipped loudly, or fails with WAXSEAL_REQUIRE_ALL=1. */
export function describeUnless(missing: string | undefined, name: string, suite: () => void): void {
  if (missing !== undefined && requireAll()) throw new Error(`WAXSEAL_REQUIRE_ALL=1, but ${missing}`)
  if (missing !== undefined) process.stderr.write(`\nSKIPPED: ${name}\n  ${missing}\n\n`)
  const title = missing === undefined ? name : `${name} (SKIPPED: ${missing})`
  // oxlint-disable-next-line vitest/valid-describe-callback, vitest/valid-title -- both come from the caller
  describe.skipIf(missing !== undefined)(title, suite)
}

/** Why there is no control plane, or undefined. */
export function assetsMissing(): string | undefined {
  const assets = controlPlaneAssets()
  return 'missing' in assets ? assets.missing : undefined
}

/** As vitest's describe; where there is no control plane it is skipped loudly, or fails with WAXSEAL_REQUIRE_ALL=1. */
export function describeWithControlPlane(name: string, suite: () => void): void {
  describeUnless(assetsMissing(), name, suite)
}

/** The same for suites that also need a network namespace. */
export function describeWithNetwork(name: string, suite: () => void): void {
  describeUnless(assetsMissing() ?? networkMissing(), name, suite)
}
