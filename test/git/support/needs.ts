import { describe } from 'vitest'

/** As vitest's describe; where something is missing it is skipped loudly, or fails with WAXSEAL_REQUIRE_ALL=1. */
export function describeUnless(missing: string | undefined, name: string, suite: () => void): void {
  if (missing !== undefined && process.env.WAXSEAL_REQUIRE_ALL === '1')
    throw new Error(`WAXSEAL_REQUIRE_ALL=1, but ${missing}`)
  if (missing !== undefined) process.stderr.write(`\nSKIPPED: ${name}\n  ${missing}\n\n`)
  const title = missing === undefined ? name : `${name} (SKIPPED: ${missing})`
  // oxlint-disable-next-line vitest/valid-describe-callback, vitest/valid-title -- both come from the caller
  describe.skipIf(missing !== undefined)(title, suite)
}
