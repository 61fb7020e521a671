import { describe, expect, test } from 'vitest'
import { parseCertificate } from '../src/index.ts'
import { readCertificate } from '../src/x509.ts'
import { pemTexts } from './helpers/vectors.ts'
import { PROPERTIES, pairOf } from './scenarios/properties.ts'

const pem = pemTexts()
const { sealingKey } = await parseCertificate(pem['alpha.crt'] ?? '', readCertificate)
const pair = await pairOf(pem['alpha.key'] ?? '', sealingKey)

describe('properties', () => {
  test.each(Object.entries(PROPERTIES))('%s', async (_name, property) => {
    await expect(property(pair, 60)).resolves.toBeUndefined()
  })
})
