import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { WorkQueue } from '../../src/runtime/queue.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

test('an item waits once, however often it is added', async () => {
  const queue = new WorkQueue(new FakeClock())
  queue.add('a')
  queue.add('a')
  queue.add('b')
  expect(queue.length).toBe(2)
  expect(await queue.take()).toBe('a')
  expect(await queue.take()).toBe('b')
})

test('an item that is added while processed is handed out once more, after done', async () => {
  const queue = new WorkQueue(new FakeClock())
  queue.add('a')
  expect(await queue.take()).toBe('a')
  queue.add('a')
  queue.add('a')
  expect(queue.length).toBe(0)
  queue.done('a')
  expect(await queue.take()).toBe('a')
  queue.done('a')
  expect(queue.quiet).toBe(true)
})

test('higher priorities go first, and a waiting item only moves up', async () => {
  const queue = new WorkQueue(new FakeClock())
  queue.add('bulk-1', 'idle')
  queue.add('bulk-2', 'idle')
  queue.add('new', 'soon')
  queue.add('bulk-2', 'now')
  queue.add('bulk-2', 'idle')
  expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['bulk-2', 'new', 'bulk-1'])
})

test('lanes do not wait for each other; an item moves with its priority to the lane it has now', async () => {
  const slow = new Set(['a', 'b', 'c'])
  const queue = new WorkQueue(new FakeClock(), (item) => (slow.has(item) ? 'slow' : 'fast'))
  for (const item of ['a', 'b', 'c', 'd']) queue.add(item, 'soon')
  expect(await queue.take()).toBe('d')
  const fast = queue.take('fast')
  expect(await queue.take('slow')).toBe('a')
  slow.delete('c')
  queue.add('c', 'idle')
  queue.add('e', 'soon')
  slow.add('a')
  queue.add('a')
  expect(await fast).toBe('c')
  expect([await queue.take(), await queue.take('slow')]).toEqual(['e', 'b'])
  expect(queue.length).toBe(0)
  queue.done('a')
  expect(await queue.take('slow')).toBe('a')
  const waiting = [queue.take('slow'), queue.take('fast')]
  queue.close()
  expect(await Promise.all(waiting)).toEqual([undefined, undefined])
})

test('of several delays the earliest counts', async () => {
  const clock = new FakeClock()
  const queue = new WorkQueue(clock)
  queue.addAfter('a', 1000)
  queue.addAfter('a', 100)
  queue.addAfter('a', 5000)
  await clock.advance(99)
  expect(queue.length).toBe(0)
  await clock.advance(1)
  expect(queue.length).toBe(1)
  expect(clock.pending).toBe(0)
})

test('a wall clock that jumps does not move a delay', async () => {
  const clock = new FakeClock()
  const queue = new WorkQueue(clock)
  queue.addAfter('a', 1000)
  clock.jump(-86_400_000)
  await clock.advance(500)
  clock.jump(86_400_000 * 2)
  expect(queue.length).toBe(0)
  await clock.advance(500)
  expect(queue.length).toBe(1)
})

test('closing gives waiting workers undefined and drops the rest', async () => {
  const clock = new FakeClock()
  const queue = new WorkQueue(clock)
  const taker = queue.take()
  queue.addAfter('later', 10)
  queue.close()
  expect(await taker).toBeUndefined()
  expect(await queue.take()).toBeUndefined()
  queue.add('a')
  await clock.advance(100)
  expect(queue.length).toBe(0)
})

test('property: nothing is lost, nothing is processed twice at a time', async () => {
  const command = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), item: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ kind: fc.constant('later' as const), item: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ kind: fc.constant('take' as const) }),
    fc.record({ kind: fc.constant('done' as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant('wait' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const clock = new FakeClock()
      const queue = new WorkQueue(clock)
      const inWork = new Set<string>()
      /** Items added since they were last handed out. */
      const owed = new Set<string>()
      const take = async (): Promise<void> => {
        if (queue.length === 0) return
        const item = await queue.take()
        if (item === undefined) throw new Error('closed')
        if (inWork.has(item)) throw new Error(`${item} is processed twice`)
        inWork.add(item)
        owed.delete(item)
      }
      for (const one of commands) {
        if (one.kind === 'add') queue.add(`${one.item}`)
        if (one.kind === 'later') queue.addAfter(`${one.item}`, 10)
        if (one.kind === 'add' || one.kind === 'later') owed.add(`${one.item}`)
        if (one.kind === 'wait') await clock.advance(10)
        if (one.kind === 'take') await take()
        const done = one.kind === 'done' ? [...inWork][one.pick % Math.max(inWork.size, 1)] : undefined
        if (done !== undefined) {
          inWork.delete(done)
          queue.done(done)
        }
      }
      for (const item of inWork) queue.done(item)
      inWork.clear()
      await clock.advance(10)
      while (queue.length > 0) await take()
      expect(owed).toEqual(new Set())
    }),
    { numRuns: 150 },
  )
})
