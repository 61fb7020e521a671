/**
 * `npm test`: builds, finds out what this machine can run, runs it, and says loudly what it left out. Arguments go to
 * vitest. Without any, what works on a control plane, one file after the other and mostly waiting, runs beside all else. With WAXSEAL_REQUIRE_ALL=1 anything left out or skipped fails the run. Last line: `N passed, N failed`.
 */
import { spawn, spawnSync } from 'node:child_process'
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

interface Outcome {
  readonly status: number
  readonly report: Report
  readonly output: string
}

/** Shows what vitest says as it says it, or keeps it for later. */
async function vitest(args: readonly string[], output: 'shown' | 'kept'): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-test-'))
  try {
    const file = join(folder, 'report.json')
    const all = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args]
    const stdio = ['inherit', output === 'shown' ? 'inherit' : 'pipe', 'inherit'] as const
    const child = spawn('vitest', all, { cwd: root, stdio: [...stdio] })
    let kept = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      kept += chunk.toString()
    })
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { status: code ?? 1, report: answerOf<Report>(readFileSync(file, 'utf8')), output: kept }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ON_CONTROL_PLANE = ['e2e', 'deploy']

async function runAll(args: readonly string[]): Promise<readonly Outcome[]> {
  if (args.length > 0) return [await vitest(args, 'shown')]
  const outcomes = await Promise.all([
    vitest(
      ON_CONTROL_PLANE.map((name) => `--project=${name}`),
      'shown',
    ),
    vitest(
      ON_CONTROL_PLANE.map((name) => `--project=!${name}`),
      'kept',
    ),
  ])
  for (const { output } of outcomes) process.stdout.write(output)
  return outcomes
}

async function main(): Promise<number> {
  const missing = missingParts()
  if (requireAll && missing.length > 0) {
    sayMissing(missing)
    say('error: WAXSEAL_REQUIRE_ALL=1, and not everything can run')
    return 1
  }
  if (run('npm', ['run', '--silent', 'build']) !== 0) return 1
  const outcomes = await runAll(process.argv.slice(2))
  sayMissing(missing)
  const sum = (count: (report: Report) => number): number =>
    outcomes.reduce((all, { report }) => all + count(report), 0)
  const status = outcomes.some((each) => each.status !== 0) ? 1 : 0
  const skipped = sum((report) => report.numPendingTests + report.numTodoTests)
  const passed = sum((report) => report.numPassedTests)
  const failedFiles = sum(({ testResults }) => testResults.filter((file) => file.status === 'failed').length)
  if (requireAll && skipped > 0) say(`error: WAXSEAL_REQUIRE_ALL=1, and ${skipped} tests were skipped`)
  // A file that fails to load fails no test of its own, yet must count.
  const failed = Math.max(
    sum((report) => report.numFailedTests),
    failedFiles,
    status,
  )
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return status !== 0 || (requireAll && skipped > 0) ? 1 : 0
}

process.exitCode = await main()
