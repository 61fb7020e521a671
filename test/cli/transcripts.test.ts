/** The transcripts of the real kubeseal, played back on ours. */
import { describe, expect, it } from 'vitest'
import { expectOutput } from './support/expected.ts'
import {
  acceptable,
  bytesOf,
  loadTranscripts,
  type Outcome,
  type Played,
  play,
  TRANSCRIPT_FILES,
  type Transcript,
} from './support/transcript.ts'

/** Work of kubeseal that this version refuses by name (see flags.test.ts). */
const LATER = /^--(raw|merge-into|validate|re-encrypt|rotate|from-file)(=(?!false)|$)/
const LATER_VARIABLES = ['RAW', 'MERGE_INTO', 'VALIDATE', 'RE_ENCRYPT', 'ROTATE', 'FROM_FILE'].map(
  (name) => `SEALED_SECRETS_${name}`,
)

/** Whether a transcript asks for such work: by flag (a value of another flag does not count), or by variable without `--flag=false`. */
function isLater({ args, env = {} }: Transcript): boolean {
  if (args.some((arg, index) => LATER.test(arg) && args[index - 1] !== '--cert')) return true
  return LATER_VARIABLES.some((name) => {
    const flag = `--${name.slice('SEALED_SECRETS_'.length).toLowerCase().replaceAll('_', '-')}=false`
    return ['1', 'true'].includes(env[name] ?? '') && !args.includes(flag)
  })
}

const SUITES = TRANSCRIPT_FILES.map((file) => ({
  file,
  transcripts: loadTranscripts(file).filter((each) => !isLater(each)),
}))

describe.for(SUITES.filter(({ transcripts }) => transcripts.length > 0))('$file', ({ transcripts }) => {
  it.concurrent.for(transcripts.map((transcript) => [transcript.name, transcript] as const))(
    '%s',
    async ([, transcript], { expect: check }) => {
      const played = await play(transcript)
      check(played.result.timedOut).toBe(false)
      const failures: unknown[] = []
      for (const outcome of acceptable(transcript)) {
        try {
          await expectOutcome(transcript, outcome, played)
          return
        } catch (error) {
          failures.push(error)
        }
      }
      const { code, stdout, stderr } = played.result
      throw new AggregateError(failures, `${String(failures[0])}\nexit ${code}\nstdout: ${stdout}\nstderr: ${stderr}`)
    },
  )
})

async function expectOutcome(
  transcript: Transcript,
  outcome: Outcome,
  { result, files, expand }: Played,
): Promise<void> {
  if (outcome.exitCode === 'nonzero') expect(result.code).toBeGreaterThan(0)
  else if (outcome.exitCode !== undefined) expect(result.code).toBe(outcome.exitCode)
  if (outcome.stderrRegex !== undefined) expect(result.stderr).toMatch(new RegExp(expand(outcome.stderrRegex), 'ims'))
  if (outcome.stdoutRegex !== undefined) expect(result.stdout).toMatch(new RegExp(outcome.stdoutRegex, 'ims'))
  if (outcome.outputRegex !== undefined)
    expect(result.stdout + result.stderr).toMatch(new RegExp(outcome.outputRegex, 'ims'))
  if (outcome.stdout !== undefined) await expectOutput(result.stdout, outcome.stdout, expand)
  await expectFiles(transcript, outcome, files, expand)
}

/** Files named by the outcome are as it says, all others as before, and nothing was left behind. */
async function expectFiles(
  transcript: Transcript,
  outcome: Outcome,
  files: Played['files'],
  expand: Played['expand'],
): Promise<void> {
  const after = outcome.filesAfter ?? {}
  for (const [path, expected] of Object.entries(after)) {
    if (expected === null) expect(files.has(path)).toBe(false)
    else await expectOutput(files.get(path)?.toString('utf8') ?? 'no such file', expected, expand)
  }
  for (const [path, content] of Object.entries(transcript.files ?? {})) {
    if (path in after || (typeof content === 'object' && 'link' in content)) continue
    expect(files.get(path)?.toString('base64'), path).toBe(bytesOf(content, expand).toString('base64'))
  }
  const known = new Set([...Object.keys(transcript.files ?? {}), ...Object.keys(after)])
  expect([...files.keys()].filter((path) => !known.has(path))).toEqual([])
}
