/** What some tests need beyond Node and git, and whether this machine has it. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { buildControlPlaneAssets } from './kube/assets.ts'
import { networkMissing } from './kube/network.ts'
import { missingTools } from './tools/tools.ts'

/** A part of the tests that cannot run here. */
export interface Missing {
  readonly part: string
  readonly reason: string
  /** What to do to have it run, one line. */
  readonly remedy: string
}

/** Debian's place for it. */
const CHROMIUM = '/usr/bin/chromium'

/** All that is missing here; builds the control plane first where Go can. */
export function missingParts(): readonly Missing[] {
  const missing: Missing[] = []
  const assets = buildControlPlaneAssets()
  if ('missing' in assets) {
    missing.push({
      part: 'tests with a real API server (test/e2e)',
      reason: assets.missing,
      remedy: 'set KUBEBUILDER_ASSETS, or install Go 1.26 and run test/kube/assets once',
    })
  }
  const network = networkMissing()
  if (network !== undefined) {
    missing.push({
      part: 'the certificate through the service proxy (test/e2e)',
      reason: network,
      remedy: 'on Linux install util-linux and iproute2, and run as a user who may make network namespaces',
    })
  }
  const tools = missingTools()
  if (tools.length > 0) {
    missing.push({
      part: 'chart, policies, alerts and scanners (test/deploy)',
      reason: `there is no ${tools.join(', no ')}`,
      remedy: 'run test/tools/build once (Go 1.26, python3-venv); apt-get install prometheus lua5.4 crun',
    })
  }
  if (!existsSync(CHROMIUM)) {
    missing.push({
      part: 'core in a real browser (test/browser)',
      reason: `there is no ${CHROMIUM}`,
      remedy: 'apt-get install chromium',
    })
  }
  for (const program of ['git-crypt', 'gpg']) {
    if (spawnSync(program, ['--version']).error === undefined) continue
    missing.push({
      part: `encrypted files together with ${program} (test/git)`,
      reason: `there is no ${program}`,
      remedy: `apt-get install ${program === 'gpg' ? 'gnupg' : program}`,
    })
  }
  if (!['/usr/bin/python3', 'python3'].some((each) => spawnSync(each, ['-c', 'import yaml']).status === 0)) {
    missing.push({
      part: 'what PyYAML reads (test/cli/readers.test.ts)',
      reason: 'there is no Python 3 with yaml',
      remedy: 'apt-get install python3-yaml',
    })
  }
  for (const shell of ['zsh', 'fish']) {
    if (spawnSync(shell, ['--version']).error === undefined) continue
    missing.push({
      part: `completion in ${shell} (test/cli/completion.test.ts)`,
      reason: `there is no ${shell}`,
      remedy: `apt-get install ${shell}`,
    })
  }
  return missing
}
