import { expect, test } from 'vitest'
import {
  ENVELOPE_FILES,
  envelopeVectors,
  openVectors,
  pemTexts,
  sealVectors,
  vectorJson,
} from '../../packages/core/test/helpers/vectors.ts'
import { chromiumInstalled, launchChromium, servePage } from './chromium.ts'
import type { PageInput } from './page.ts'

test('the core does in Chromium what it does in Node', async ({ skip }) => {
  // CI sets the variable: there a browser that is missing is a failure.
  skip(
    !chromiumInstalled() && process.env.WAXSEAL_REQUIRE_ALL !== '1',
    'chromium is not installed: apt-get install chromium',
  )
  const input: PageInput = {
    pem: pemTexts(),
    base64: vectorJson('envelope/base64-decode.json'),
    envelopes: ENVELOPE_FILES.flatMap(envelopeVectors),
    sealing: sealVectors(),
    opening: (['open-shape', 'open-spec-data', 'open-template'] as const).flatMap(openVectors),
    propertyRuns: 30,
  }
  const vectors = [input.base64, input.envelopes, input.sealing, input.opening].flat().length
  const [served, browser] = await Promise.all([servePage(), launchChromium()])
  try {
    const page = await browser.newPage()
    await page.goto(served.url)
    const outcomes = await page.evaluate((data) => globalThis.runScenarios(data), input)
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([])
    expect(outcomes.length).toBeGreaterThan(vectors)
  } finally {
    await browser.close()
    served.close()
  }
})
