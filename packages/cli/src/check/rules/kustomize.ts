import { field, isObject, type JsonObject } from '@waxseal/core'
import type { Draft } from '../finding.ts'
import { isKnown } from './placeholder.ts'

/** `secretGenerator` of Kustomize: its literals are values of a Secret, in plain text. Files that it names are checked where they are. */
export function checkGenerators(object: JsonObject): readonly Draft[] {
  const generators = field(object, 'secretGenerator')
  if (!Array.isArray(generators)) return []
  return generators.flatMap((generator: unknown, index): readonly Draft[] => {
    const literals = isObject(generator) ? field(generator, 'literals') : undefined
    if (!Array.isArray(literals)) return []
    const name = isObject(generator) ? field(generator, 'name') : undefined
    return literals.flatMap((literal: unknown, at): readonly Draft[] => {
      const [, key = '', value = ''] = typeof literal === 'string' ? (/^([^=]+)=(.*)$/s.exec(literal) ?? []) : []
      if (!isKnown(value)) return []
      const message = `the secretGenerator ${typeof name === 'string' ? name : index} has ${key} in plain text: seal a Secret instead, with waxseal seal`
      const path = ['secretGenerator', index, 'literals', at]
      return [{ rule: 'plaintext-secret', message, path, group: `secretGenerator ${index}` }]
    })
  })
}
