/**
 * Text that stands for another: Helm's actions, variables of envsubst, Flux and OpenShift, argocd-vault-plugin's placeholders. What
 * `blankActions` puts in place of actions counts as well.
 */
import { isObject } from '@waxseal/core'

/** Private use: no manifest has it, and YAML takes it for a letter. */
const STAND_IN = '\uE000'
const ACTION = /\{\{[\s\S]*?\}\}/g
const VARIABLE = /\$\{[^}]+\}|\$\([^)]+\)/
const VAULT = /^<[^<>\n]+>$/
/** What SOPS puts in place of a value. */
const SOPS = /^ENC\[AES256_GCM,/

/** Whether something else is filled in before the text reaches a cluster. */
export function isTemplated(text: string): boolean {
  return text.includes(STAND_IN) || /\{\{[\s\S]*\}\}/.test(text) || VARIABLE.test(text)
}

/** Whether a value of a Secret is one that a reader of the file now knows. */
export function isKnown(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  if (typeof value !== 'string') return !isObject(value) && !Array.isArray(value)
  return !(isTemplated(value) || VAULT.test(value.trim()) || SOPS.test(value))
}

/**
 * A Helm template as YAML of the same length and lines: actions on lines of their own become spaces, all others letters. Parses where
 * the template is indented like its output.
 */
export function blankActions(text: string): string {
  return text.replace(ACTION, (action: string, index: number) => {
    const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index)
    const lineEnd = text.indexOf('\n', index + action.length)
    const after = text.slice(index + action.length, lineEnd === -1 ? undefined : lineEnd)
    const isAlone = /^(?:\s|\{\{.*?\}\})*$/.test(before) && /^(?:\s|\{\{.*?\}\})*$/.test(after)
    return action.replace(/[^\r\n]/g, isAlone ? ' ' : STAND_IN)
  })
}
