/** Test suites that need the tools. */
import { assetsMissing, describeUnless } from '../kube/describe.ts'
import { missingTools, type Tool } from './tools.ts'

function toolsMissing(tools: readonly Tool[]): string | undefined {
  const missing = missingTools(tools)
  return missing.length === 0 ? undefined : `there is no ${missing.join(', no ')}: see test/tools/build`
}

/** As vitest's describe; without the tools it is skipped loudly, or fails with WAXSEAL_REQUIRE_ALL=1. */
export function describeWithTools(tools: readonly Tool[], name: string, suite: () => void): void {
  describeUnless(toolsMissing(tools), name, suite)
}

/** The same for suites that also need a control plane. */
export function describeWithToolsInCluster(tools: readonly Tool[], name: string, suite: () => void): void {
  describeUnless(toolsMissing(tools) ?? assetsMissing(), name, suite)
}
