import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, type Opening } from '../../src/decide/decide.ts'
import { contentDigest } from '../../src/decide/digest.ts'
import type { SecretObject } from '../../src/state.ts'
import { entry, OWNER, secret } from '../helpers/objects.ts'

const MANAGED = { 'sealedsecrets.bitnami.com/managed': 'true' }
const PATCH = { 'sealedsecrets.bitnami.com/patch': 'true' }
const SKIP = { 'sealedsecrets.bitnami.com/skip-set-owner-references': 'true' }

const containing = (text: string): unknown => expect.stringContaining(text)

const opened = (overrides: Partial<SecretObject> = {}): Opening => ({
  kind: 'opened',
  secret: secret(overrides),
  sealedWith: ['f'],
})
const stored = (overrides: Partial<SecretObject> = {}): SecretObject => {
  const made = secret(overrides)
  return { ...made, metadata: { uid: 's-1', resourceVersion: '3', ...made.metadata } }
}
const at = { name: 'shop', namespace: 'team' }

describe('the Secret', () => {
  test('is made when there is none', () => {
    const { action, outcome } = decide({ entry: entry(), secret: undefined, opening: opened() })
    expect(action).toEqual({ kind: 'create', secret: secret() })
    expect(outcome).toEqual({ kind: 'synced' })
  })

  test('is left alone when it is right', () => {
    expect(decide({ entry: entry(), secret: stored(), opening: opened() }).action).toEqual({ kind: 'nothing' })
  })

  test('is replaced when it is ours and differs; what others keep in it stays', () => {
    const existing = stored({
      metadata: {
        ...at,
        labels: { old: 'x' },
        annotations: { old: 'x' },
        finalizers: ['example.com/keep'],
        managedFields: [{ manager: 'x' }],
        ownerReferences: [OWNER],
      },
      data: { a: 'MQ==', gone: 'MQ==' },
    })
    const opening = opened({ metadata: { ...at, labels: { new: 'y' }, ownerReferences: [OWNER] } })
    const { action } = decide({ entry: entry(), secret: existing, opening })
    if (action.kind !== 'update') throw new Error(action.kind)
    expect(action.secret.data).toEqual({ a: 'MQ==' })
    expect(action.secret.metadata).toEqual({
      ...at,
      uid: 's-1',
      resourceVersion: '3',
      labels: { new: 'y' },
      finalizers: ['example.com/keep'],
      managedFields: [{ manager: 'x' }],
      ownerReferences: [OWNER],
    })
  })

  test.each([
    ['somebody else', {}],
    ['a SealedSecret of another uid', { ownerReferences: [{ ...OWNER, uid: 'other' }] }],
    ['us, but not as controller', { ownerReferences: [{ ...OWNER, controller: false }] }],
  ])('is refused when it belongs to %s', (_who, metadata) => {
    const existing = stored({ metadata: { ...at, ...metadata } })
    const { action, outcome } = decide({ entry: entry(), secret: existing, opening: opened() })
    expect(action).toEqual({ kind: 'nothing' })
    expect(outcome).toEqual({
      kind: 'unmanaged',
      message: 'Resource "shop" already exists and is not managed by SealedSecret',
    })
  })

  test('a template cannot claim a Secret by annotating itself', () => {
    const opening = opened({ metadata: { ...at, annotations: MANAGED } })
    expect(decide({ entry: entry(), secret: stored({ metadata: at }), opening }).outcome.kind).toBe('unmanaged')
  })

  test.each([MANAGED, PATCH])(
    'is not given away by its SealedSecret: %j there grants nothing (regression 7)',
    (annotations) => {
      const foreign = stored({ metadata: { ...at }, data: { theirs: 'MQ==' } })
      const one = entry()
      const sealed = one.sealed && {
        ...one.sealed,
        metadata: { ...one.sealed.metadata, annotations },
        spec: { ...one.sealed.spec, template: { metadata: { annotations } } },
      }
      const opening = opened({ metadata: { ...at, annotations, ownerReferences: [OWNER] } })
      const { action, outcome } = decide({ entry: entry({ sealed }), secret: foreign, opening })
      expect(action).toEqual({ kind: 'nothing' })
      expect(outcome.kind).toBe('unmanaged')
    },
  )

  test('is taken over when it is annotated: data, labels, annotations and owner are replaced', () => {
    const existing = stored({
      metadata: { ...at, annotations: MANAGED, labels: { x: 'y' }, ownerReferences: [{ ...OWNER, uid: 'other' }] },
    })
    const { action } = decide({ entry: entry(), secret: existing, opening: opened() })
    if (action.kind !== 'update') throw new Error(action.kind)
    expect(action.secret.metadata).toEqual({ ...at, uid: 's-1', resourceVersion: '3', ownerReferences: [OWNER] })
  })

  test('without owner stays in sync although nobody owns it, and is refused when it differs', () => {
    const sealed = entry().sealed
    if (sealed === undefined) throw new Error('no entry')
    const wanting = entry({
      sealed: { ...sealed, spec: { ...sealed.spec, template: { metadata: { annotations: SKIP } } } },
    })
    const metadata = { ...at, annotations: SKIP }
    const same = decide({ entry: wanting, secret: stored({ metadata }), opening: opened({ metadata }) })
    expect(same).toEqual({ action: { kind: 'nothing' }, outcome: { kind: 'synced' } })
    const other = decide({ entry: wanting, secret: stored({ metadata, data: {} }), opening: opened({ metadata }) })
    expect(other.outcome.kind).toBe('unmanaged')
  })

  test('loses its owner when the template stops wanting one', () => {
    const { action } = decide({ entry: entry(), secret: stored(), opening: opened({ metadata: at }) })
    expect(action.kind === 'update' && action.secret.metadata.ownerReferences).toBeUndefined()
  })

  test('keeps its type: a change is refused with words', () => {
    const { action, outcome } = decide({ entry: entry(), secret: stored(), opening: opened({ type: 'example.com/x' }) })
    expect(action).toEqual({ kind: 'nothing' })
    expect(outcome).toMatchObject({ kind: 'update-failed', message: containing('type of a Secret') })
  })

  test('Opaque and no type are the same', () => {
    expect(decide({ entry: entry(), secret: stored({ type: 'Opaque' }), opening: opened() }).action.kind).toBe(
      'nothing',
    )
  })

  test('that is immutable is refused when its data differ, not when only labels do', () => {
    const existing = stored({ immutable: true })
    const data = decide({ entry: entry(), secret: existing, opening: opened({ immutable: true, data: { b: 'MQ==' } }) })
    expect(data.outcome).toMatchObject({ message: containing('the target Secret is immutable') })
    const unset = decide({ entry: entry(), secret: existing, opening: opened() })
    expect(unset.outcome).toMatchObject({ message: containing('the target Secret is immutable') })
    const metadata = { ...at, labels: { a: 'b' }, ownerReferences: [OWNER] }
    const labels = decide({ entry: entry(), secret: existing, opening: opened({ immutable: true, metadata }) })
    expect(labels.action.kind).toBe('update')
  })
})

test('what was not opened is not written', () => {
  const failed = decide({ entry: entry(), secret: undefined, opening: { kind: 'failed', message: 'no key' } })
  expect(failed).toEqual({ action: { kind: 'nothing' }, outcome: { kind: 'unseal-failed', message: 'no key' } })
  const skipped = decide({ entry: entry(), secret: stored({ metadata: at }), opening: { kind: 'skipped' } })
  expect(skipped.outcome.kind).toBe('unmanaged')
  const unchanged = decide({ entry: entry(), secret: undefined, opening: { kind: 'unchanged' } })
  expect(unchanged).toEqual({ action: { kind: 'nothing' }, outcome: { kind: 'synced' } })
})

test('property: after an update nothing is left to do, and a foreign Secret is never written', () => {
  const texts = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.constantFrom('MQ==', 'Mg=='))
  const owners = fc.subarray([OWNER, { ...OWNER, uid: 'other' }, { ...OWNER, controller: false }])
  const existing = fc
    .record({ labels: texts, data: texts, ownerReferences: owners, managed: fc.boolean() })
    .map(({ labels, data, ownerReferences, managed }) =>
      stored({ metadata: { ...at, labels, ownerReferences, ...(managed ? { annotations: MANAGED } : {}) }, data }),
    )
  const wanted = fc
    .record({ labels: texts, data: texts, owned: fc.boolean() })
    .map(({ labels, data, owned }) =>
      secret({ metadata: { ...at, labels, ...(owned ? { ownerReferences: [OWNER] } : {}) }, data }),
    )
  fc.assert(
    fc.property(existing, wanted, (before, target) => {
      const opening: Opening = { kind: 'opened', secret: target, sealedWith: [] }
      const { action, outcome } = decide({ entry: entry(), secret: before, opening })
      const ours = before.metadata.ownerReferences?.some((one) => one.uid === OWNER.uid && one.controller)
      const managed = before.metadata.annotations !== undefined
      const refused = outcome.kind === 'unmanaged'
      expect(refused).toBe(!ours && !managed)
      const after = action.kind === 'update' ? action.secret : before
      const changed = contentDigest(after) !== contentDigest(before)
      expect(changed).toBe(action.kind === 'update')
      expect(refused ? target.data : after.data).toEqual(target.data)
      const owned = after.metadata.ownerReferences?.some((one) => one.uid === OWNER.uid && one.controller)
      const next = owned ? decide({ entry: entry(), secret: after, opening }).action.kind : 'nothing'
      expect(next).toBe('nothing')
    }),
  )
})

describe('a Secret that asks to be patched', () => {
  const theirs = (annotations: Record<string, string> = PATCH, overrides: Partial<SecretObject> = {}) =>
    stored({
      metadata: { ...at, labels: { by: 'them', both: 'theirs' }, annotations: { note: 'theirs', ...annotations } },
      type: 'example.com/login',
      data: { theirs: 'MQ==', both: 'MQ==' },
      ...overrides,
    })
  const ours = (annotations: Record<string, string> = {}, overrides: Partial<SecretObject> = {}) =>
    opened({
      metadata: {
        ...at,
        labels: { both: 'ours' },
        annotations: { extra: 'ours', ...annotations },
        ownerReferences: [OWNER],
      },
      data: { both: 'Mg==', ours: 'Mg==' },
      ...overrides,
    })
  const merging = (existing: SecretObject, opening: Opening): SecretObject => {
    const { action } = decide({ entry: entry(), secret: existing, opening })
    if (action.kind !== 'update') throw new Error(action.kind)
    return action.secret
  }

  test('gets items, labels and annotations beside its own; no owner, and it is not ours', () => {
    const { action, outcome, part, borrowed } = decide({ entry: entry(), secret: theirs(), opening: ours() })
    expect(action).toEqual({
      kind: 'update',
      secret: {
        ...theirs(),
        metadata: {
          ...theirs().metadata,
          labels: { by: 'them', both: 'ours' },
          annotations: { note: 'theirs', ...PATCH, extra: 'ours' },
        },
        data: { theirs: 'MQ==', both: 'Mg==', ours: 'Mg==' },
      },
    })
    expect(outcome).toEqual({ kind: 'synced' })
    expect(part).toEqual({ data: ['both', 'ours'], labels: ['both'], annotations: ['extra'], owners: false })
    expect(borrowed).toBe(true)
  })

  test('gets the owner where it is annotated as managed, too', () => {
    const both = { ...PATCH, ...MANAGED }
    const secret = merging(theirs(both), ours())
    expect(secret.metadata.ownerReferences).toEqual([OWNER])
    expect(secret.data).toEqual({ theirs: 'MQ==', both: 'Mg==', ours: 'Mg==' })
    expect(secret.metadata.annotations).toEqual({ note: 'theirs', ...both, extra: 'ours' })
    expect(decide({ entry: entry(), secret: theirs(both), opening: ours() }).borrowed).toBe(false)
  })

  test('a template cannot widen what it grants', () => {
    const secret = merging(theirs(), ours({ ...MANAGED, 'sealedsecrets.bitnami.com/patch': 'false' }))
    expect(secret.metadata.annotations).toEqual({ note: 'theirs', ...PATCH, extra: 'ours' })
    expect(secret.metadata.ownerReferences).toBeUndefined()
  })

  test('is left alone once all is in it, whatever else changes there', () => {
    const once = merging(theirs(), ours())
    const later = { ...once, data: { ...once.data, more: 'MQ==' } }
    expect(decide({ entry: entry(), secret: later, opening: ours() }).action).toEqual({ kind: 'nothing' })
  })

  test('keeps its type; one that the template names must be the same', () => {
    expect(merging(theirs(), ours({}, { type: 'example.com/login' })).type).toBe('example.com/login')
    const { action, outcome } = decide({ entry: entry(), secret: theirs(), opening: ours({}, { type: 'Opaque' }) })
    expect(action).toEqual({ kind: 'nothing' })
    expect(outcome).toMatchObject({ kind: 'update-failed', message: containing('type of a Secret cannot be changed') })
  })

  test('is not changed when it is immutable', () => {
    const { outcome } = decide({ entry: entry(), secret: theirs(PATCH, { immutable: true }), opening: ours() })
    expect(outcome).toMatchObject({ kind: 'update-failed', message: containing('the target Secret is immutable') })
  })

  test('is not made again when it is gone', () => {
    const { action, outcome } = decide({ entry: entry(), secret: undefined, opening: { kind: 'lost' } })
    expect(action).toEqual({ kind: 'nothing' })
    expect(outcome).toMatchObject({ kind: 'update-failed', message: containing('was only patched, is gone') })
  })
})

test('property: patching keeps what is foreign, comes to rest, and is not disturbed by foreign changes', () => {
  const names = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')
  const texts = fc.dictionary(names, fc.constantFrom('MQ==', 'Mg=='))
  const maps = fc.record({ labels: texts, annotations: texts, data: texts })
  fc.assert(
    fc.property(maps, maps, fc.boolean(), texts, (theirs, ours, managed, more) => {
      const grants = { ...PATCH, ...(managed ? MANAGED : {}) }
      const before = stored({
        metadata: { ...at, labels: theirs.labels, annotations: { ...theirs.annotations, ...grants } },
        data: theirs.data,
      })
      const { labels, annotations } = ours
      const opening = opened({ metadata: { ...at, labels, annotations, ownerReferences: [OWNER] }, data: ours.data })
      const { action, part } = decide({ entry: entry(), secret: before, opening })
      const after = action.kind === 'update' ? action.secret : before
      expect(new Map(Object.entries(after.data))).toEqual(
        new Map([...Object.entries(theirs.data), ...Object.entries(ours.data)]),
      )
      expect(new Map(Object.entries(after.metadata.annotations ?? {}))).toEqual(
        new Map([...Object.entries(theirs.annotations), ...Object.entries(grants), ...Object.entries(annotations)]),
      )
      expect(decide({ entry: entry(), secret: after, opening }).action.kind).toBe('nothing')
      const foreign = Object.fromEntries(Object.entries(more).filter(([name]) => !Object.hasOwn(ours.data, name)))
      const changed = { ...after, data: { ...after.data, ...foreign } }
      expect(contentDigest(changed, part)).toBe(contentDigest(after, part))
    }),
  )
})
