/** The transcripts of the real kubeseal, played back on ours. */
import { describe, it } from 'vitest'
import { mismatches } from './support/outcome.ts'
import { loadTranscripts, play, TRANSCRIPT_FILES, type Transcript } from './support/transcript.ts'

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
  const cases = transcripts.map((transcript) => [transcript.name, transcript] as const)

  it.concurrent.for(cases)('%s', async ([, transcript], { expect }) => {
    expect(await mismatches(transcript, await play(transcript))).toEqual([])
  })
})
