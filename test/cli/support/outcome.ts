/** Whether what a run did is among the outcomes that a transcript accepts. */
import { strict as assert } from 'node:assert'
import { expectOutput } from './expected.ts'
import { acceptable, bytesOf, type Outcome, type Played, type Transcript } from './transcript.ts'

/** Empty when some acceptable outcome fits, else why each does not, and what the run did. */
export async function mismatches(transcript: Transcript, played: Played): Promise<readonly string[]> {
  if (played.result.timedOut) return ['still running after the time allowed']
  const reasons: string[] = []
  for (const outcome of acceptable(transcript)) {
    try {
      await assertOutcome(transcript, outcome, played)
      return []
    } catch (error) {
      reasons.push(String(error))
    }
  }
  const { code, stdout, stderr } = played.result
  return [...reasons, `it was: exit ${code}\nstdout: ${stdout}\nstderr: ${stderr}`]
}

async function assertOutcome(transcript: Transcript, outcome: Outcome, played: Played): Promise<void> {
  const { result, expand } = played
  if (outcome.exitCode === 'nonzero') assert.notEqual(result.code, 0)
  else if (outcome.exitCode !== undefined) assert.equal(result.code, outcome.exitCode)
  assertMatch(result.stderr, outcome.stderrRegex, expand)
  assertMatch(result.stdout, outcome.stdoutRegex, expand)
  assertMatch(result.stdout + result.stderr, outcome.outputRegex, expand)
  if (outcome.stdout !== undefined) await expectOutput(result.stdout, outcome.stdout, expand)
  await assertFiles(transcript, outcome, played)
}

function assertMatch(text: string, regex: string | undefined, expand: Played['expand']): void {
  if (regex !== undefined) assert.match(text, new RegExp(expand(regex), 'ims'))
}

/** Files named by the outcome are as it says, all others as before, and nothing was left behind. */
async function assertFiles(transcript: Transcript, outcome: Outcome, { files, expand }: Played): Promise<void> {
  const after = outcome.filesAfter ?? {}
  for (const [path, expected] of Object.entries(after)) {
    if (expected === null) assert.equal(files.has(path), false)
    else await expectOutput(files.get(path)?.toString('utf8') ?? 'no such file', expected, expand)
  }
  for (const [path, content] of Object.entries(transcript.files ?? {})) {
    if (path in after || (typeof content === 'object' && 'link' in content)) continue
    assert.equal(files.get(path)?.toString('base64'), bytesOf(content, expand).toString('base64'), path)
  }
  const known = new Set([...Object.keys(transcript.files ?? {}), ...Object.keys(after)])
  assert.deepEqual(
    [...files.keys()].filter((path) => !known.has(path)),
    [],
  )
}
