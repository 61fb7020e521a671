import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Elector } from '../../src/leadership/elector.ts'
import type { LeaseRecord, Leases, StoredLease } from '../../src/leadership/lease.ts'
import { StoreError } from '../../src/ports.ts'
import { FakeClock, settle } from '../helpers/fake-clock.ts'
import { Recorder } from '../helpers/recorder.ts'

/** One Lease, as the API server keeps it; `fault` is thrown instead of answering, `slow` holds answers back. */
class Stored {
  lease: StoredLease | undefined
  fault: StoreError | undefined
  slow: Promise<void> | undefined
  #version = 0

  /** As one process reaches it. */
  view(): Leases & { cut: boolean } {
    const view = {
      cut: false,
      read: () => this.#answer(view, () => this.lease),
      create: (record: LeaseRecord) =>
        this.#answer(view, () => {
          if (this.lease !== undefined) throw new StoreError('exists', 'there')
          return this.put(record)
        }),
      update: (lease: StoredLease, record: LeaseRecord) =>
        this.#answer(view, () => {
          if (this.lease?.version !== lease.version) throw new StoreError('conflict', 'changed')
          return this.put(record)
        }),
    }
    return view
  }

  put(record: LeaseRecord): StoredLease {
    this.#version += 1
    this.lease = { record, version: String(this.#version) }
    return this.lease
  }

  async #answer<T>(view: { cut: boolean }, answer: () => T): Promise<T> {
    await this.slow
    if (view.cut) throw new StoreError('unavailable', 'no way there')
    if (this.fault !== undefined) throw this.fault
    return answer()
  }
}

const TIMING = { leaseDurationMs: 3000, renewDeadlineMs: 2000, retryPeriodMs: 500 }

interface Process {
  readonly elector: Elector
  readonly leases: Leases & { cut: boolean }
  readonly stop: AbortController
  readonly done: Promise<void>
  /** Terms that began. */
  terms: number
  working: boolean
}

let clock: FakeClock
let stored: Stored
let log: Recorder
let processes: Process[]

beforeEach(() => {
  clock = new FakeClock()
  stored = new Stored()
  log = new Recorder()
  processes = []
})
afterEach(async () => {
  stored.fault = undefined
  for (const { stop } of processes) stop.abort()
  await settle()
  await clock.advance(10_000)
  await Promise.all(processes.map(({ done }) => done))
})

function start(identity: string): Process {
  const leases = stored.view()
  const elector = new Elector({ ...TIMING, leases, identity, clock, log, random: () => 0.5, leads: () => undefined })
  const stop = new AbortController()
  const made: Process = {
    ...{ elector, leases, stop, terms: 0, working: false },
    done: elector.run(stop.signal, async (term) => {
      made.terms += 1
      made.working = true
      await new Promise((resolve) => term.addEventListener('abort', resolve, { once: true }))
      made.working = false
    }),
  }
  processes.push(made)
  return made
}

const holder = (): string | undefined => stored.lease?.record.holder
const transitions = (): number | undefined => stored.lease?.record.transitions
const leaders = (): string => processes.map(({ elector }) => (elector.remainingMs > 0 ? 'L' : '-')).join('')

describe('election', () => {
  it('makes the Lease, renews it, and lets nobody else in', async () => {
    const one = start('one')
    await clock.advance(0)
    const two = start('two')
    await clock.advance(60_000)
    expect([one.terms, two.terms, leaders()]).toEqual([1, 0, 'L-'])
    expect(stored.lease?.record).toMatchObject({ holder: 'one', durationSeconds: 3, transitions: 0 })
    const { acquireTime = 0, renewTime = 0 } = stored.lease?.record ?? {}
    expect(renewTime - acquireTime).toBeGreaterThan(59_000)
  })

  it('of two that start together one leads', async () => {
    start('one')
    start('two')
    await clock.advance(10_000)
    expect(processes.reduce((sum, { terms }) => sum + terms, 0)).toBe(1)
  })

  it('is taken over when its holder falls silent, after the whole duration', async () => {
    const one = start('one')
    await clock.advance(10_000)
    const two = start('two')
    await clock.advance(1000)
    one.leases.cut = true
    const gone = clock.monotonic()
    while (two.terms === 0) await clock.advance(50)
    const took = clock.monotonic() - gone
    expect(took).toBeGreaterThan(TIMING.leaseDurationMs - TIMING.retryPeriodMs)
    expect(took).toBeLessThanOrEqual(5000)
    expect(one.working).toBe(false)
    expect(stored.lease?.record).toMatchObject({ holder: 'two', transitions: 1 })
    one.leases.cut = false
    await clock.advance(20_000)
    expect([one.terms, leaders()]).toEqual([1, '-L'])
  })

  it('never has two leaders, whoever is cut off and for however long', async () => {
    for (const name of ['one', 'two', 'three']) start(name)
    for (let step = 0; step < 400; step++) {
      const at = (step * 7919) % 3
      const chosen = processes[at]
      if (chosen !== undefined && step % 5 === 0) chosen.leases.cut = !chosen.leases.cut
      await clock.advance(97 * ((step % 11) + 1))
      expect(leaders().replaceAll('-', '').length).toBeLessThanOrEqual(1)
    }
    for (const { leases } of processes) leases.cut = false
    await clock.advance(10_000)
    expect(leaders().replaceAll('-', '')).toBe('L')
  })

  it('goes by its own clock: wall clocks may jump and differ', async () => {
    const one = start('one')
    await clock.advance(1000)
    const two = start('two')
    clock.jump(86_400_000)
    await clock.advance(5000)
    clock.jump(-2 * 86_400_000)
    await clock.advance(20_000)
    expect([one.terms, two.terms, leaders()]).toEqual([1, 0, 'L-'])
  })

  it('is handed over at once at a stop, and the work in hand is finished before', async () => {
    const one = start('one')
    await clock.advance(1000)
    const two = start('two')
    await clock.advance(1000)
    one.stop.abort()
    await settle()
    await one.done
    expect([one.working, one.elector.remainingMs]).toEqual([false, 0])
    expect(stored.lease?.record).toMatchObject({ holder: '', durationSeconds: 1 })
    await clock.advance(700)
    expect([two.terms, leaders()]).toEqual([1, '-L'])
  })

  it('a slow answer counts from when it was asked for', async () => {
    const one = start('one')
    await clock.advance(1000)
    const gate = Promise.withResolvers<void>()
    stored.slow = gate.promise
    await clock.advance(1900)
    expect(one.elector.remainingMs).toBeLessThanOrEqual(600)
    await clock.advance(700)
    expect([leaders(), one.working]).toEqual(['-', false])
    gate.resolve()
    stored.slow = undefined
    await clock.advance(5000)
    expect([leaders(), one.terms]).toEqual(['L', 2])
  })

  it('comes back after an outage longer than the Lease, to whoever held it as well', async () => {
    const one = start('one')
    await clock.advance(1000)
    one.leases.cut = true
    await clock.advance(30_000)
    expect([leaders(), one.working]).toEqual(['-', false])
    one.leases.cut = false
    await clock.advance(700)
    expect([leaders(), one.terms]).toEqual(['L', 2])
  })

  it('a Lease that somebody deleted is made again, one that somebody took is lost', async () => {
    const one = start('one')
    await clock.advance(1000)
    stored.lease = undefined
    await clock.advance(1000)
    expect([one.terms, holder()]).toEqual([1, 'one'])
    const record = { holder: 'by hand', durationSeconds: 10, acquireTime: 0, renewTime: 0, transitions: 7 }
    stored.put(record)
    await clock.advance(1000)
    expect([one.working, leaders()]).toEqual([false, '-'])
    await clock.advance(8000)
    expect(one.terms).toBe(1)
    await clock.advance(4000)
    expect(one.terms).toBe(2)
    expect([holder(), transitions()]).toEqual(['one', 8])
  })
})

describe('without the right to Leases', () => {
  it('leads alone after a while, says so once, and goes on by the rules when the right comes', async () => {
    stored.fault = new StoreError('denied', 'forbidden')
    const one = start('one')
    await clock.advance(4000)
    expect(leaders()).toBe('-')
    await clock.advance(30_000)
    expect([leaders(), one.terms]).toEqual(['L', 1])
    expect(log.lines.filter(({ message }) => message.includes('without leader election'))).toHaveLength(1)
    stored.fault = undefined
    await clock.advance(5000)
    expect([leaders(), one.terms, stored.lease?.record.holder]).toEqual(['L', 1, 'one'])
  })

  it('a right that is taken away ends the term: others may have it', async () => {
    const one = start('one')
    await clock.advance(1000)
    stored.fault = new StoreError('denied', 'forbidden')
    await clock.advance(60_000)
    expect([leaders(), one.working]).toEqual(['-', false])
  })
})
