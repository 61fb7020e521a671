/** One change, before and after, in the layouts that people write. */
import { describe, expect, test } from 'vitest'
import { changeText, type Path } from '../../src/inplace/change.ts'

const PATH = ['spec', 'encryptedData']

function change(raw: string, key: string, value: string | undefined, path: Path = PATH): Promise<string> {
  return changeText({ raw, format: /^\s*[{[]\s*"/.test(raw) ? 'json' : 'yaml' }, [{ path, key, value }])
}

describe('a new entry', () => {
  test.for([
    [
      'sorted, first',
      'spec:\n  encryptedData:\n    # of b\n    b: B\n',
      'spec:\n  encryptedData:\n    a: V\n    # of b\n    b: B\n',
    ],
    [
      'unsorted, last',
      'spec:\n  encryptedData:\n    c: C # c\n    b: B\n',
      'spec:\n  encryptedData:\n    c: C # c\n    b: B\n    a: V\n',
    ],
    ['no newline at the end', 'spec:\n  encryptedData:\n    0: Z', 'spec:\n  encryptedData:\n    0: Z\n    a: V'],
    ['in braces', 'spec: {encryptedData: {b: B,c: C}}\n', 'spec: {encryptedData: {a: V,b: B,c: C}}\n'],
    ['in braces with a last comma', 'spec: {encryptedData: {0: B, }}\n', 'spec: {encryptedData: {0: B, a: V, }}\n'],
    ['in empty braces', 'spec: {encryptedData: {}}\n', 'spec: {encryptedData: {a: V}}\n'],
    ['in braces without a value', 'spec: {encryptedData: , x: y}\n', 'spec: {encryptedData: {a: V} , x: y}\n'],
    [
      'in braces in lines, last',
      'spec:\n  encryptedData: {\n    0: B # b\n  }\n',
      'spec:\n  encryptedData: {\n    0: B, # b\n    a: V\n  }\n',
    ],
    [
      'in braces in lines, first',
      'spec:\n  encryptedData: { # c\n    b: B, # b\n  }\n',
      'spec:\n  encryptedData: { # c\n    a: V,\n    b: B, # b\n  }\n',
    ],
    [
      'in braces with a comment',
      'spec:\n  encryptedData: {\n    # c\n  }\n',
      'spec:\n  encryptedData: {\n    # c\n    a: V\n  }\n',
    ],
    [
      'after an anchor',
      'spec:\n  encryptedData: &x !!map\n    b: "B"\n',
      'spec:\n  encryptedData: &x !!map\n    a: "V"\n    b: "B"\n',
    ],
    ['null', 'spec:\n   encryptedData: ~ # c\n', 'spec:\n   encryptedData: # c\n      a: V\n'],
    ['null, Windows', 'spec:\r\n   encryptedData:\r\n', 'spec:\r\n   encryptedData:\r\n      a: V\r\n'],
    ['JSON on one line', '{"spec":{"encryptedData":{"b":"B"}}}', '{"spec":{"encryptedData":{"a":"V","b":"B"}}}'],
    ['JSON, empty on one line', '{"spec":{"encryptedData":{}}}', '{"spec":{"encryptedData":{"a": "V"}}}'],
    [
      'JSON in lines',
      '{\n\t"spec": {\n\t\t"encryptedData": {}\n\t}\n}',
      '{\n\t"spec": {\n\t\t"encryptedData": {\n\t\t\t"a": "V"\n\t\t}\n\t}\n}',
    ],
  ] as const)('%s', async ([, before, after]) => {
    expect(await change(before, 'a', 'V')).toBe(after)
  })

  test.for([
    ['key10', 'key2: A\n', 'key2: A\nkey10: V\n'],
    ['key2', 'key1: A\nkey10: A\n', 'key1: A\nkey2: V\nkey10: A\n'],
    ['key3', 'key10: A\nkey2: A\n', 'key10: A\nkey2: A\nkey3: V\n'],
    ['yes', 'z: A\n', '"yes": V\nz: A\n'],
    ['b', "'a': 'A'\n", "'a': 'A'\n'b': 'V'\n"],
  ] as const)('%s among others', async ([key, before, after]) => {
    const [all, wanted] = [before, after].map(
      (text) => `spec:\n  encryptedData:\n${text.replace(/^/gm, '   ').trimEnd()}\n`,
    )
    expect(await change(all ?? '', key, 'V')).toBe(wanted)
  })
})

describe('another value', () => {
  test.for([
    ['unquoted', 'a: A # c', 'a: V # c'],
    ['in quotes', "a: 'A'", "a: 'V'"],
    ['of several lines', 'a: |- # c\n      A\n      B\n    b: c', 'a: V\n    b: c'],
    ['folded', 'a: A\n      B # c', 'a: V # c'],
    ['on the next line', 'a:\n      A', 'a:\n      V'],
    ['with an anchor and a tag', 'a: !!str &x A', 'a: !!str &x V'],
    ['an alias', 'a: *x', 'a: V'],
    ['missing', 'a:   # c', 'a: V   # c'],
    ['of an explicit key', '? a\n    : A', '? a\n    : V'],
  ] as const)('%s', async ([, before, after]) => {
    expect(await change(`spec:\n  encryptedData:\n    ${before}\n`, 'a', 'V')).toBe(
      `spec:\n  encryptedData:\n    ${after}\n`,
    )
  })

  test('a mapping is not replaced', async () => {
    await expect(change('spec: {encryptedData: {a: {b: c}}}\n', 'a', 'V')).rejects.toThrow(
      'spec.encryptedData.a cannot be changed in place',
    )
  })

  test('in the items of a List', async () => {
    const list = (value: string) => `kind: List\nitems:\n- spec: {}\n- spec:\n    encryptedData:\n      a: ${value}\n`
    expect(await change(list('A'), 'a', 'V', ['items', 1, ...PATH])).toBe(list('V'))
  })

  test('in quotes where it must be', async () => {
    const path = ['metadata', 'annotations']
    expect(await change('metadata:\n  annotations:\n    a: A\n', 'a', '12e4', path)).toContain('a: "12e4"\n')
    expect(await change('metadata: {annotations: {a: A}}\n', 'a', 'f,g', path)).toContain('{a: "f,g"}')
  })
})

describe('a removed entry', () => {
  test.for([
    [
      'with its lines',
      'spec:\n  encryptedData:\n    # of a\n    a: >\n      A\n    b: B\n',
      'spec:\n  encryptedData:\n    # of a\n    b: B\n',
    ],
    ['the only one', 'spec:\n  encryptedData: # c\n    a: A\nx: y\n', 'spec:\n  encryptedData: {} # c\nx: y\n'],
    ['the only one, with an anchor', 'spec:\n  encryptedData: &x\n    a: A', 'spec:\n  encryptedData: &x {}\n'],
    ['in braces', 'spec: {encryptedData: {a: A, b: B}}', 'spec: {encryptedData: {b: B}}'],
    ['in braces, last', 'spec: {encryptedData: {0: B, a: A}}', 'spec: {encryptedData: {0: B}}'],
    ['in braces, last with a comma', 'spec: {encryptedData: {0: B, a: A,}}', 'spec: {encryptedData: {0: B,}}'],
    ['in braces, the only one', 'spec: {encryptedData: { a: A }}', 'spec: {encryptedData: {}}'],
    [
      'in braces in lines',
      'spec: {encryptedData: {\n 0: B, # b\n a: A # a\n }}',
      'spec: {encryptedData: {\n 0: B # b\n }}',
    ],
    [
      'JSON',
      '{"spec": {"encryptedData": {\n "0": "B",\n "a": "A"\n}}}',
      '{"spec": {"encryptedData": {\n "0": "B"\n}}}',
    ],
    ['JSON, the only one', '{"spec": {"encryptedData": {\n "a": "A"\n}}}', '{"spec": {"encryptedData": {}}}'],
  ] as const)('%s', async ([, before, after]) => {
    expect(await change(before, 'a', undefined)).toBe(after)
  })
})

describe('what is not there', () => {
  test.for([
    ['spec: {}\n', 'it is missing'],
    ['x: &x {a: A}\nspec: {encryptedData: *x}\n', 'an alias stands for it'],
    ['x: &x {encryptedData: {a: A}}\nspec: *x\n', 'it is missing, or an alias'],
    ['spec: {encryptedData: [a]}\n', 'an unusual way'],
    ['', 'it is missing'],
  ] as const)('%j', async ([before, why]) => {
    await expect(change(before, 'a', 'V')).rejects.toThrow(why)
  })
})
