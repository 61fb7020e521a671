import {
  checkDataKey,
  checkName,
  checkNamespace,
  field,
  isObject,
  type SealedSecret,
  scopeOf,
  WaxsealError,
} from '@waxseal/core'
import type { Draft } from '../finding.ts'
import { isTemplated } from './placeholder.ts'

/** Names that no cluster takes, and those that a template and its SealedSecret do not agree about. */
export function checkNames(sealed: SealedSecret): readonly Draft[] {
  const { name, namespace } = sealed.metadata
  return [
    ...invalid(['metadata', 'name'], name, (text) => checkName(text, 'metadata.name')),
    ...invalid(['metadata', 'namespace'], namespace, (text) => checkNamespace(text, 'metadata.namespace')),
    ...Object.keys(sealed.spec.encryptedData).flatMap((key) =>
      invalid(['spec', 'encryptedData', key], key, checkDataKey),
    ),
    ...missingNamespace(sealed),
    ...mismatches(sealed),
  ]
}

function invalid(path: Draft['path'], text: string | undefined, check: (text: string) => void): readonly Draft[] {
  if (text === undefined || text === '' || isTemplated(text)) return []
  try {
    check(text)
    return []
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return [{ rule: 'invalid-name', message: `${error.message}: ${error.hint ?? ''}`, path }]
  }
}

function missingNamespace({ metadata }: SealedSecret): readonly Draft[] {
  const scope = scopeOf(metadata.annotations)
  if (scope === 'cluster-wide' || metadata.namespace) return []
  const message = `SealedSecret ${metadata.name} opens in the namespace that it was sealed for only (scope ${scope}), and does not say which: set metadata.namespace`
  return [{ rule: 'missing-namespace', message, path: ['metadata', 'name'] }]
}

/** The Secret always gets the SealedSecret's name and namespace: another one in the template says that one of them was changed later. */
function mismatches({ metadata, spec }: SealedSecret): readonly Draft[] {
  const template = spec.template.metadata
  if (!isObject(template)) return []
  const bound = { strict: ['namespace', 'name'], 'namespace-wide': ['namespace'], 'cluster-wide': [] }
  const scope = scopeOf(metadata.annotations)
  return bound[scope].flatMap((key): Draft[] => {
    const [own, other] = [field(metadata, key), field(template, key)]
    if (typeof own !== 'string' || typeof other !== 'string' || own === '' || other === '' || own === other) return []
    if (isTemplated(own) || isTemplated(other)) return []
    const message = `metadata.${key} is ${JSON.stringify(own)}, and the template's ${JSON.stringify(other)}: sealed for one, the values do not open under the other (scope ${scope})`
    return [{ rule: 'name-mismatch', message, path: ['spec', 'template', 'metadata', key] }]
  })
}
