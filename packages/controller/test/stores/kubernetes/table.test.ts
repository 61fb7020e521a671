import { describe, expect, test } from 'vitest'
import { fields, text } from '../../../src/stores/kubernetes/fields.ts'
import { type Entry, Table } from '../../../src/stores/kubernetes/table.ts'
import { object } from './fake-api.ts'

function setUp() {
  const changes: string[] = []
  const made = new Table<Entry>({
    entryOf: ({ metadata }) => {
      const { namespace, name, resourceVersion, annotations } = fields(metadata)
      if ('foreign' in fields(annotations)) return undefined
      return { namespace: text(namespace), name: text(name), version: text(resourceVersion) }
    },
    changed: (key, before, after) => changes.push(`${key} ${before?.version ?? '-'} ${after?.version ?? '-'}`),
  })
  return { table: made, changes }
}

const entry = (version: number): Entry => ({ namespace: 'app', name: 'a', version: String(version) })
const versionOf = ({ table }: ReturnType<typeof setUp>): string | undefined => table.get('app/a')?.version

describe('lists', () => {
  test('add, change and remove by comparison', () => {
    const { table, changes } = setUp()
    table.listing('10', false)
    table.upsert(object('a', 1))
    table.upsert(object('b', 2))
    table.listed()
    table.listing('20', false)
    table.upsert(object('b', 12))
    table.upsert(object('c', 13))
    table.listed()
    expect(changes).toEqual(['app/a - 1', 'app/b - 2', 'app/b 2 12', 'app/c - 13', 'app/a 1 -'])
    expect([...table.keys()].toSorted()).toEqual(['app/b', 'app/c'])
  })

  test('leave alone what was written after them', async () => {
    const world = setUp()
    world.table.listing('10', false)
    await world.table.during(
      'app/a',
      async () => 0,
      () => entry(11),
    )
    world.table.listed()
    world.table.listing('15', false)
    world.table.listed()
    expect(versionOf(world)).toBeUndefined()
    expect(world.changes).toEqual(['app/a 11 -'])
  })

  test('that broke off are begun anew', () => {
    const { table } = setUp()
    table.listing('10', false)
    table.upsert(object('a', 1))
    table.listing('11', false)
    table.listed()
    expect(table.size).toBe(0)
  })

  test('of a server that went back in time count, whatever the versions', () => {
    const { table, changes } = setUp()
    table.listing('100', false)
    table.upsert(object('a', 90))
    table.upsert(object('b', 91))
    table.listed()
    table.listing('50', true)
    table.upsert(object('a', 40))
    table.listed()
    expect(changes.slice(2)).toEqual(['app/a 90 40', 'app/b 91 -'])
  })
})

describe('watch events', () => {
  test('that are older than what is known are ignored', () => {
    const world = setUp()
    world.table.upsert(object('a', 5))
    world.table.upsert(object('a', 4))
    world.table.upsert(object('a', 5))
    world.table.remove(object('a', 4))
    expect(versionOf(world)).toBe('5')
    expect(world.changes).toEqual(['app/a - 5'])
  })

  test('of what is not kept are not told, except when it was kept, or is removed', () => {
    const { table, changes } = setUp()
    const foreign = { annotations: { foreign: '' } }
    table.upsert(object('b', 1, foreign))
    table.upsert(object('a', 2))
    table.upsert(object('a', 3, foreign))
    table.remove(object('b', 4, foreign))
    expect(changes).toEqual(['app/a - 2', 'app/a 2 -', 'app/b - -'])
    expect(table.size).toBe(0)
  })
})

describe('calls', () => {
  test('own writes are kept at once and their echo says nothing, before the answer or after it', async () => {
    const world = setUp()
    const { table, changes } = world
    await table.during(
      'app/a',
      async () => table.upsert(object('a', 5)),
      () => entry(5),
    )
    table.upsert(object('a', 5))
    await table.during(
      'app/a',
      async () => 0,
      () => entry(6),
    )
    table.upsert(object('a', 6))
    expect(versionOf(world)).toBe('6')
    expect(changes).toEqual([])
  })

  test('a change by somebody else during a call is told after it', async () => {
    const world = setUp()
    const { table, changes } = world
    const inside: string[] = []
    const call = async (): Promise<void> => {
      table.upsert(object('a', 7))
      inside.push(...changes)
    }
    await table.during('app/a', call, () => entry(5))
    expect(versionOf(world)).toBe('7')
    expect(inside).toEqual([])
    expect(changes).toEqual(['app/a - 7'])
  })

  test('a change during a call that fails is told', async () => {
    const { table, changes } = setUp()
    const call = async (): Promise<never> => {
      table.upsert(object('a', 7))
      throw new Error('conflict')
    }
    await expect(table.during('app/a', call, () => entry(8))).rejects.toThrow('conflict')
    expect(changes).toEqual(['app/a - 7'])
  })

  test.each([
    ['a watch', (table: Table<Entry>) => table.remove(object('a', 6))],
    [
      'a list',
      (table: Table<Entry>) => {
        table.listing('6', false)
        table.listed()
      },
    ],
  ])('an answer does not bring back what %s saw go', async (_, goes) => {
    const world = setUp()
    await world.table.during(
      'app/a',
      async () => goes(world.table),
      () => entry(5),
    )
    expect(versionOf(world)).toBeUndefined()
    await world.table.during(
      'app/a',
      async () => goes(world.table),
      () => entry(7),
    )
    expect(versionOf(world)).toBe('7')
  })

  test('overlapping calls keep the newest', async () => {
    const world = setUp()
    const slow = Promise.withResolvers<void>()
    const first = world.table.during(
      'app/a',
      () => slow.promise,
      () => entry(5),
    )
    await world.table.during(
      'app/a',
      async () => 0,
      () => entry(9),
    )
    slow.resolve()
    await first
    expect(versionOf(world)).toBe('9')
  })
})
