import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Plaintext } from '../src/index.ts'

const secret = Plaintext.text('hunter2')

test('no way of printing shows the value', () => {
  const texts = [
    JSON.stringify({ secret }),
    String(secret),
    inspect(secret),
    inspect({ deep: [{ secret }] }, { depth: 9, showHidden: true }),
    inspect(new Map([['password', secret]])),
    Object.entries(secret).join(),
  ]
  for (const text of texts) {
    expect(text).not.toContain('hunter2')
    expect(text).not.toMatch(/104,\s*117/)
  }
  expect(inspect(secret)).toBe('[redacted]')
})

test('only reveal gives the bytes', () => {
  expect(new TextDecoder().decode(secret.reveal())).toBe('hunter2')
  expect(secret.length).toBe(7)
})

test('values are compared without revealing them', () => {
  expect(secret.equals(Plaintext.of(new TextEncoder().encode('hunter2')))).toBe(true)
  expect(secret.equals(Plaintext.text('hunter3'))).toBe(false)
})
