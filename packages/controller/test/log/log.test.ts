import { asObject, WaxsealError } from '@waxseal/core'
import { describe, expect, test } from 'vitest'
import { createLog, type LogOptions } from '../../src/log/create.ts'
import { describeError } from '../../src/log/describe.ts'
import { StoreError } from '../../src/ports.ts'

function lines(options: Partial<LogOptions> = {}) {
  const written: string[] = []
  return { written, log: createLog({ level: 'info', format: 'json', write: (line) => written.push(line), ...options }) }
}

test('JSON lines with level, time, message and the known fields only', () => {
  const { log, written } = lines()
  const smuggled = { object: 'a/b', count: 2, value: 'hunter2', body: { a: 'hunter2' } }
  log.warn('careful', smuggled)
  const line = asObject(JSON.parse(written[0] ?? ''), 'line')
  expect(Object.keys(line)).toEqual(['level', 'time', 'object', 'count', 'msg'])
  expect(line).toMatchObject({ level: 'warn', msg: 'careful', object: 'a/b', count: 2 })
})

test('text for people', () => {
  const { log, written } = lines({ format: 'text' })
  log.info('opened', { object: 'a/b', detail: 'two words, "quoted"\nand a line' })
  expect(written[0]).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}opened object=a\/b detail="two words, \\"quoted\\"\\nand a line"\n$/,
  )
})

test('levels below the chosen one are silent', () => {
  const { log, written } = lines({ level: 'error' })
  log.debug('no')
  log.info('no')
  log.warn('no')
  log.error('yes')
  expect(written).toHaveLength(1)
})

describe('errors', () => {
  test('of this program show their message', () => {
    expect(describeError(new StoreError('denied', 'secrets is forbidden'))).toBe('secrets is forbidden')
    expect(describeError(new WaxsealError('no-key', 'no key could decrypt secret'))).toBe('no key could decrypt secret')
  })

  test('of the system show reason and path', () => {
    const error = Object.assign(new Error('ENOSPC: hunter2'), { code: 'ENOSPC', path: '/data/x' })
    expect(describeError(error)).toBe('/data/x: no space left on the device')
  })

  test('of anybody else show neither message nor properties', () => {
    const api = Object.assign(new Error('HTTP-Code: 409 Body: hunter2 Headers: {}'), { code: 409, body: 'hunter2' })
    expect(describeError(api)).toMatch(/^Error at /)
    expect(describeError(api)).not.toContain('hunter2')
    expect(describeError(new Error('hunter2\n    at hunter2'))).not.toMatch(/Error at hunter2$/)
    expect(describeError('hunter2')).toBe('unknown error')
  })
})
