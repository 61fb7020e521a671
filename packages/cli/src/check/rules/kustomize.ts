import { field, isObject, type JsonObject } from '@waxseal/core'
import type { Draft } from '../finding.ts'
import type { DocumentPath } from '../locate.ts'
import { isKnown } from './placeholder.ts'

/**
 * Kustomize's `secretGenerator`, or the same as a file of its own: its literals are values of a Secret, in plain text. Files that it names
 * are checked where they are.
 */
export function checkGenerators(object: JsonObject): readonly Draft[] {
  if (field(object, 'kind') === 'SecretGenerator') return checkLiterals(object, [])
  const generators = field(object, 'secretGenerator')
  if (!Array.isArray(generators)) return []
  return generators.flatMap((generator: unknown, index) =>
    isObject(generator) ? checkLiterals(generator, ['secretGenerator', index]) : [],
  )
}

function checkLiterals(generator: JsonObject, path: DocumentPath): readonly Draft[] {
  const literals = field(generator, 'literals')
  if (!Array.isArray(literals)) return []
  return literals.flatMap((literal: unknown, at): readonly Draft[] => {
    const [, key = '', value = ''] = typeof literal === 'string' ? (/^([^=]+)=(.*)$/s.exec(literal) ?? []) : []
    if (!isKnown(value, key)) return []
    const message = `the secretGenerator has ${key} in plain text: seal a Secret instead, with waxseal seal`
    return [{ rule: 'plaintext-secret', message, path: [...path, 'literals', at], group: path.join(' ') }]
  })
}
