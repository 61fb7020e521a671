/** Global set-up of the tests of deploy/: builds the tools once, where that is possible and not forbidden. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { missingTools } from './tools.ts'

export default function setup(): void {
  if (process.env.WAXSEAL_TOOLS === undefined && missingTools().length > 0 && process.env.WAXSEAL_BUILD_ASSETS !== '0')
    spawnSync(fileURLToPath(new URL('build', import.meta.url)), { stdio: ['ignore', 'ignore', 'inherit'] })
  const missing = missingTools()
  if (missing.length > 0) process.stderr.write(`\nSKIPPED: every test that needs ${missing.join(', ')}\n\n`)
}
