/** Global set-up of the e2e tests: finds or builds the control plane's programs once, before any test waits for them. */
import { buildControlPlaneAssets } from './assets.ts'

export default function setup(): void {
  const assets = buildControlPlaneAssets()
  if ('path' in assets) process.env.KUBEBUILDER_ASSETS = assets.path
  else process.stderr.write(`\nSKIPPED: every test that needs a control plane\n  ${assets.missing}\n\n`)
}
