import { expect, test } from 'vitest'
import { parsePem, writePem } from '../src/pem.ts'

const block = '-----BEGIN X-----\nYWJj\n-----END X-----\n'
const summary = (text: string): unknown[] =>
  parsePem(text).map(({ label, headers, der }) => [label, headers, der?.length])

test('text around blocks and CRLF are ignored', () => {
  expect(summary(`before\n${block}between\n${block}after`)).toEqual([
    ['X', false, 3],
    ['X', false, 3],
  ])
  expect(summary(block.replaceAll('\n', '\r\n'))).toEqual([['X', false, 3]])
})

test('inside a block only base64 counts', () => {
  expect(summary(block.replace('YWJj', 'YW!j'))).toEqual([['X', false, undefined]])
  expect(summary(block.replace('YWJj', 'Proc-Type: 4,ENCRYPTED\n\nYWJj'))).toEqual([['X', true, undefined]])
})

test('a block without its end, or with another, is none', () => {
  expect(summary('-----BEGIN X-----\nYWJj\n')).toEqual([])
  expect(summary(`-----BEGIN Y-----\nYWJj\n${block}`)).toEqual([['X', false, 3]])
})

test('written blocks are read again', () => {
  const text = writePem('X', btoa('x'.repeat(100)))
  expect(text.split('\n')[1]).toHaveLength(64)
  expect(summary(text)).toEqual([['X', false, 100]])
})
