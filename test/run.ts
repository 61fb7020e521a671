/**
 * `npm test`: builds, finds out what this machine can run, runs it, and says loudly what it left out. Arguments go to
 * vitest. With WAXSEAL_REQUIRE_ALL=1 anything left out or skipped fails the run. Last line: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answerOf } from './kube/json.ts'
import { type Missing, missingParts } from './requirements.ts'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string }[]
}

const root = fileURLToPath(new URL('..', import.meta.url))
const requireAll = process.env.WAXSEAL_REQUIRE_ALL === '1'
const say = (line: string): void => void process.stdout.write(`${line}\n`)

function run(command: string, args: readonly string[]): number {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (error) throw error
  return status ?? 1
}

function sayMissing(missing: readonly Missing[]): void {
  if (missing.length === 0) return
  say('')
  say('!!! LEFT OUT on this machine:')
  for (const { part, reason, remedy } of missing) say(`!!!   ${part}: ${reason}\n!!!     ${remedy}`)
}

function vitest(args: readonly string[]): { status: number; report: Report } {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-test-'))
  try {
    const file = join(folder, 'report.json')
    const status = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args])
    return { status, report: answerOf<Report>(readFileSync(file, 'utf8')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function main(): number {
  const missing = missingParts()
  if (requireAll && missing.length > 0) {
    sayMissing(missing)
    say('error: WAXSEAL_REQUIRE_ALL=1, and not everything can run')
    return 1
  }
  if (run('npm', ['run', '--silent', 'build']) !== 0) return 1
  const { status, report } = vitest(process.argv.slice(2))
  sayMissing(missing)
  const skipped = report.numPendingTests + report.numTodoTests
  const failedFiles = report.testResults.filter((file) => file.status === 'failed').length
  if (requireAll && skipped > 0) say(`error: WAXSEAL_REQUIRE_ALL=1, and ${skipped} tests were skipped`)
  // A file that fails to load fails no test of its own, yet must count.
  const failed = Math.max(report.numFailedTests, failedFiles, status === 0 ? 0 : 1)
  say(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return status !== 0 || (requireAll && skipped > 0) ? 1 : 0
}

process.exitCode = main()
