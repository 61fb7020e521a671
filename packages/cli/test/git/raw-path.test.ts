import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote } from '../../src/git/repo/config.ts'
import { driverOf, keyOfFilter } from '../../src/git/repo/drivers.ts'
import { joinNul, onDisk, pathBytes, shownPath, splitNul } from '../../src/git/repo/raw-path.ts'

describe('file names', () => {
  it('go through unchanged whatever bytes they are', () => {
    const name = fc.uint8Array({ minLength: 1 }).map((bytes) => bytes.map((byte) => byte || 1))
    fc.assert(
      fc.property(fc.array(name), (names) => {
        const list = splitNul(Buffer.concat(names.flatMap((each) => [each, Uint8Array.of(0)])))
        expect(list.map((each) => [...pathBytes(each)])).toEqual(names.map((each) => [...each]))
        expect(splitNul(joinNul(list))).toEqual(list)
      }),
    )
  })

  it('are shown as UTF-8 without anything that moves a cursor', () => {
    const raw = Buffer.from('ä\n\u001B[2Jx').toString('latin1')
    expect(shownPath(raw)).toBe('ä\\n\\u001b[2Jx')
    expect(onDisk('/top', raw).toString()).toBe('/top/ä\n\u001B[2Jx')
  })
})

describe('drivers', () => {
  it('name the key, and only legal ones', () => {
    expect(keyOfFilter(driverOf(undefined))).toEqual({ name: undefined })
    expect(keyOfFilter(driverOf('staging'))).toEqual({ name: 'staging' })
    for (const other of ['lfs', 'unspecified', 'git-crypt-', 'git-crypt-default', 'git-crypt-a/b', 'git-crypted']) {
      expect(keyOfFilter(other)).toBeUndefined()
    }
  })
})

describe('quoting for the shell', () => {
  it('protects spaces and quotes, and leaves plain paths readable', () => {
    expect(quote('/usr/bin/node')).toBe('/usr/bin/node')
    expect(quote("/home/a b/it's")).toBe(`'/home/a b/it'\\''s'`)
    expect(quote('')).toBe(`''`)
  })
})
