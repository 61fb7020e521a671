import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blankActions } from '../../src/check/rules/actions.ts'
import { isKnown } from '../../src/check/rules/placeholder.ts'

describe('blankActions', () => {
  test('keeps length and lines, leaves no action, and nothing else is changed', () => {
    const piece = fc.oneof(
      fc.constantFrom('{{ .a }}', '{{- if x -}}', '{{/*\n two lines */}}', '\n', '\r\n', '  ', 'key: ', '}}', '{{'),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')
        const blanked = blankActions(text)
        expect(blanked).toHaveLength(text.length)
        expect(blanked).not.toMatch(/\{\{[\s\S]*?\}\}/)
        for (let at = 0; at < text.length; at++) {
          expect([text[at], ' ', '\uE000']).toContain(blanked[at])
        }
        expect(blanked.split('\n')).toHaveLength(text.split('\n').length)
      }),
    )
  })
})

describe('isKnown', () => {
  test.for(['hunter2', 5, true, '{ not an action }', '$HOME', 'ENC[', '<a'])('%s is a value', (value) => {
    expect(isKnown(value)).toBe(true)
  })

  test.for([null, undefined, '', '{{ .x }}', 'a{{ .x }}b', `\${X}`, '$(X)', '<path:a#b>', {}, []])(
    '%s is none',
    (value) => {
      expect(isKnown(value)).toBe(false)
    },
  )
})
