import { expect, test } from 'vitest'
import { render } from '../../src/template/index.ts'

test.each(['env "PATH"', 'expandenv "$PATH"', 'getHostByName "localhost"'])(
  '%s reaches outside, and does not exist (regression 5)',
  (call) => {
    const [name] = call.split(' ')
    expect(() => render('x', `{{ ${call} }}`, {})).toThrow(`function "${name}" not defined`)
  },
)
