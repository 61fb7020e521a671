import { describe, expect, test } from 'vitest'
import { readCertificate } from '../src/x509.ts'
import { openVectors, pemTexts, sealVectors } from './helpers/vectors.ts'
import {
  checkOpening,
  checkSealing,
  OPENING_OTHERWISE,
  OPENING_STRICTER,
  SEALING_STRICTER,
} from './scenarios/manifests.ts'

const pem = pemTexts()

describe('sealing as kubeseal does', () => {
  test.each(sealVectors())('$name', async (vector) => {
    await expect(checkSealing(vector, pem, readCertificate)).resolves.toBeUndefined()
  })
})

describe.each(['open-shape', 'open-spec-data', 'open-template'] as const)('opening: %s', (file) => {
  test.each(openVectors(file))('$name', async (vector) => {
    await expect(checkOpening(vector, pem)).resolves.toBeUndefined()
  })
})

test('every listed deviation names a vector', () => {
  const vectors = [...sealVectors(), ...openVectors('open-shape'), ...openVectors('open-template')]
  const listed = [SEALING_STRICTER, OPENING_STRICTER, OPENING_OTHERWISE].flatMap((deviations) =>
    Object.keys(deviations),
  )
  expect(vectors.map(({ name }) => name)).toEqual(expect.arrayContaining(listed))
})
