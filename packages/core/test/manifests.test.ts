import { describe, expect, test } from 'vitest'
import { readCertificate } from '../src/x509.ts'
import { openVectors, pemTexts, sealVectors } from './helpers/vectors.ts'
import { checkOpening, checkSealing, OPENING_STRICTER, SEALING_STRICTER } from './scenarios/manifests.ts'

const pem = pemTexts()

describe('sealing as kubeseal does', () => {
  test.each(sealVectors())('$name', async (vector) => {
    await expect(checkSealing(vector, pem, readCertificate)).resolves.toBeUndefined()
  })
})

describe.each(['open-shape', 'open-spec-data'] as const)('opening: %s', (file) => {
  test.each(openVectors(file))('$name', async (vector) => {
    await expect(checkOpening(vector, pem)).resolves.toBeUndefined()
  })
})

test('every listed deviation names a vector', () => {
  const names = [...sealVectors(), ...openVectors('open-shape')].map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining([...Object.keys(SEALING_STRICTER), ...Object.keys(OPENING_STRICTER)]))
})
