import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/decide/decide.ts'
import { type Facts, report, toldBy } from '../../src/decide/report.ts'
import { entry, status } from '../helpers/objects.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const SYNCED: Outcome = { kind: 'synced' }
const FAILED: Outcome = { kind: 'unseal-failed', message: 'no key could decrypt secret (a)' }
const OWN = { digest: 'd', secret: { uid: 'u', version: '1' }, sealedWith: ['f'] }
const kept = { observedDigest: 'd', secret: OWN.secret, sealedWith: ['f'] }

const facts = (overrides: Partial<Facts>): Facts => {
  const found = { entry: entry(), outcome: SYNCED, wrote: false, now: NOW, ...overrides }
  return { told: toldBy(found.entry), ...found }
}

describe('status', () => {
  test('of a first success', () => {
    const { status: made, event } = report(facts({ wrote: true, ...OWN }))
    expect(made).toEqual({
      essential: true,
      value: {
        conditions: [
          {
            type: 'Synced',
            status: 'True',
            lastTransitionTime: '2026-06-01T12:00:00Z',
            lastUpdateTime: '2026-06-01T12:00:00Z',
          },
        ],
        observedGeneration: 2,
        ...kept,
      },
    })
    expect(event).toMatchObject({ type: 'Normal', reason: 'Unsealed', message: 'SealedSecret unsealed successfully' })
  })

  test('is not touched when nothing changed', () => {
    const before = entry({ status: status('True', kept) })
    expect(report(facts({ entry: before, ...OWN }))).toMatchObject({ status: undefined, event: undefined })
  })

  test('that lacks only our own fields keeps its times', () => {
    const before = entry({ status: status('True') })
    const { status: next, event } = report(facts({ entry: before, ...OWN }))
    expect(next?.essential).toBe(false)
    expect(next?.value).toEqual(status('True', kept))
    expect(event).toBeUndefined()
  })

  test('changes lastTransitionTime only when it flips', () => {
    const again = report(facts({ entry: entry({ status: status('True', kept), generation: 3 }), wrote: true, ...OWN }))
    expect(again.status?.value.conditions[0]).toMatchObject({
      lastTransitionTime: '2026-01-01T00:00:00Z',
      lastUpdateTime: '2026-06-01T12:00:00Z',
    })
    expect(again.status?.value.observedGeneration).toBe(3)
    const flipped = report(facts({ entry: entry({ status: status('True', kept) }), outcome: FAILED }))
    expect(flipped.status?.value.conditions[0]?.lastTransitionTime).toBe('2026-06-01T12:00:00Z')
    expect(flipped.status?.value.observedDigest).toBeUndefined()
  })

  test('depends on no clock: an earlier time neither writes nor repeats', () => {
    const before = entry({ status: status('True', kept) })
    expect(report(facts({ entry: before, now: 0, ...OWN })).status).toBeUndefined()
  })
})

describe('event', () => {
  test('names the items that did not open, once', () => {
    const first = report(facts({ outcome: FAILED }))
    expect(first.event).toMatchObject({
      type: 'Warning',
      reason: 'ErrUnsealFailed',
      message: 'Failed to unseal: no key could decrypt secret (a)',
      regarding: { name: 'shop', namespace: 'team', uid: 'uid-1', version: '7' },
    })
    const after = entry({ ...(first.status ? { status: first.status.value } : {}) })
    const second = report(facts({ entry: after, outcome: FAILED }))
    expect(second).toMatchObject({ status: undefined, event: undefined })
  })

  test('comes again for a changed object and for another message', () => {
    const told = { status: 'False' as const, message: FAILED.message, generation: 2 }
    expect(report(facts({ outcome: FAILED, told, entry: entry({ generation: 3 }) })).event).toBeDefined()
    expect(report(facts({ outcome: { ...FAILED, message: 'other' }, told })).event).toBeDefined()
  })

  test('of a refused Secret is ErrUpdateFailed', () => {
    const outcome: Outcome = { kind: 'unmanaged', message: 'Resource "x" already exists' }
    expect(report(facts({ outcome })).event).toMatchObject({ reason: 'ErrUpdateFailed', message: outcome.message })
  })

  test('stays within what the API takes', () => {
    const message = `no key could decrypt secret (${'k'.repeat(5000)})`
    const { event, told } = report(facts({ outcome: { kind: 'unseal-failed', message } }))
    expect(event?.message.length).toBeLessThanOrEqual(1024)
    expect(event?.message).toBe(`Failed to unseal: ${told.message}`)
  })
})
