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

/** A line of a configuration file with a secret in it, by its name. */
const SECRET_LINE =
  /(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|private[-_]?key|credentials?)["']?\s*[:=]\s*["']?[^\s"'{}<$]{3}/i

/** The same, of words that hardly stand for anything else: `secret: NAME` and `token: URL` are common. */
const PASSWORD_LINE = /(?:pass(?:word|wd|phrase)?|api[-_]?key|private[-_]?key)["']?\s*[:=]\s*["']?[^\s"'{}<$]{3}/i

/** Whether a text under a key, which mostly is configuration for anybody to read, has a password in it. */
export function holdsPassword(key: string, value: unknown): boolean {
  if (typeof value !== 'string') return false
  return `${key}: ${value}`.split('\n').some((line) => !isTemplated(line) && PASSWORD_LINE.test(line))
}

/** Whether a value of a Secret is one that a reader of the file now knows. */
export function isKnown(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  if (Array.isArray(value)) return value.some(isKnown)
  if (isObject(value)) return Object.values(value).some(isKnown)
  if (typeof value !== 'string') return true
  if (VAULT.test(value.trim()) || SOPS.test(value)) return false
  return !isTemplated(value) || value.split('\n').some((line) => !isTemplated(line) && SECRET_LINE.test(line))
}

/** Actions that show nothing themselves: conditions, loops, definitions, comments. */
const CONTROL = /^\{\{-?\s*(?:(?:if|else|end|range|with|define|block|break|continue)\b|\/\*|\$\w+\s*:?=)/

/** The text without them, of the same length and lines. */
export function withoutControl(text: string): string {
  return text.replace(ACTION, (action: string) => (CONTROL.test(action) ? action.replace(/[^\r\n]/g, ' ') : action))
}

/**
 * A Helm template as YAML of the same length and lines: actions on lines of their own become spaces, all others letters. Parses where
 * the template is indented like its output.
 */
export function blankActions(template: string): string {
  const text = withoutControl(template)
  return text.replace(ACTION, (action: string, index: number) => {
    const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index)
    const lineEnd = text.indexOf('\n', index + action.length)
    const after = text.slice(index + action.length, lineEnd === -1 ? undefined : lineEnd)
    const isAlone = /^(?:\s|\{\{.*?\}\})*$/.test(before) && /^(?:\s|\{\{.*?\}\})*$/.test(after)
    return action.replace(/[^\r\n]/g, isAlone ? ' ' : STAND_IN)
  })
}
