/** The transcripts of the real kubeseal, played back on ours: all of them. */
import { describe, it } from 'vitest'
import { mismatches } from './support/outcome.ts'
import { loadTranscripts, play, TRANSCRIPT_FILES } from './support/transcript.ts'

describe.for(TRANSCRIPT_FILES)('%s', (file) => {
  const cases = loadTranscripts(file).map((transcript) => [transcript.name, transcript] as const)

  it.concurrent.for(cases)('%s', async ([, transcript], { expect }) => {
    expect(await mismatches(transcript, await play(transcript))).toEqual([])
  })
})
