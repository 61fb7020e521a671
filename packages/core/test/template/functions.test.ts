import { describe, expect, test } from 'vitest'
import { WaxsealError } from '../../src/errors.ts'
import { FUNCTIONS } from '../../src/template/functions/registry.ts'
import { render } from '../../src/template/index.ts'
import { vectorJson } from '../helpers/vectors.ts'

interface FunctionVector {
  readonly name: string
  readonly from: string
  readonly type?: string
}

const all = vectorJson<readonly FunctionVector[]>('template/functions.json')
const present = all.filter(({ type }) => type !== undefined)

function codeOf(template: string): string {
  try {
    render('config', template, {})
    return 'rendered'
  } catch (error) {
    return error instanceof WaxsealError ? `${error.code}: ${error.message}` : 'crashed'
  }
}

test('there are the functions of Go and sprig and no others', () => {
  expect([...FUNCTIONS.keys()].toSorted()).toEqual(present.map(({ name }) => name).toSorted())
})

test.each(all.filter(({ type }) => type === undefined))('$name reaches outside and is not there', ({ name }) => {
  expect(codeOf(`{{ ${name} "HOME" }}`)).toBe(`bad-template: template: config:1: function "${name}" not defined`)
})

describe.each(present)('$name', ({ name, type = '' }) => {
  const signature = FUNCTIONS.get(name)
  const fixed = (signature?.parameters.length ?? 0) - (signature?.variadic === true ? 1 : 0)

  test('has the type that Go gives it', () => {
    expect(signature?.signature).toBe(type.replace(', stops early', ''))
  })

  test('wants as many arguments', () => {
    const tooFew = `{{ ${name}${' nil'.repeat(Math.max(fixed - 1, 0))} }}`
    const tooMany = `{{ ${name}${' nil'.repeat(fixed + 1)} }}`
    const wrong = `wrong number of args for ${name}: want`
    expect(codeOf(fixed > 0 ? tooFew : `{{ fail "" }}`)).toContain(fixed > 0 ? wrong : 'fail')
    expect(codeOf(signature?.variadic === true ? `{{ fail "" }}` : tooMany)).toContain(
      signature?.variadic === true ? 'fail' : wrong,
    )
  })

  const typed = (signature?.parameters ?? []).flatMap((parameter, index) => {
    const isTyped = parameter !== 'interface {}' && parameter !== 'any value'
    return isTyped ? [{ parameter, index }] : []
  })

  test.each(typed)('takes nothing but a $parameter at $index', ({ parameter, index }) => {
    // Arguments are looked at from left to right; the ones before fit.
    const before = signature?.parameters.slice(0, index).map(example).join(' ') ?? ''
    const after =
      signature?.parameters
        .slice(index + 1)
        .map(example)
        .join(' ') ?? ''
    const message = codeOf(`{{ ${name} ${before} (chunk 1 (list 1)) ${after} }}`)
    expect(message).toContain(`wrong type for value; expected ${parameter}; got [][]interface {}`)
  })
})

/** An operand that fits a parameter. */
function example(parameter: string): string {
  switch (parameter) {
    case 'string':
      return '"a"'
    case 'bool':
      return 'true'
    case 'float64':
      return '1.5'
    case 'time.Time':
      return '(toDate "2006" "2020")'
    case 'map[string]interface {}':
      return 'dict'
    case '[]interface {}':
      return 'list'
    case 'sprig.certificate':
      return '(genCAWithKey "a" 1 (genPrivateKey "ecdsa"))'
    default:
      return '1'
  }
}
