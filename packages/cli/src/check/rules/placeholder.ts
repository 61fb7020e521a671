/**
 * Text that stands for another: Helm's actions, variables of envsubst, Flux and OpenShift, argocd-vault-plugin's placeholders. What
 * `blankActions` puts in place of actions counts as well.
 */
import { isObject } from '@waxseal/core'
import { hasAction, hasDefault, STAND_IN } from './actions.ts'

/** A name, a default, no more: what is longer is no variable. */
const VARIABLE = /\$\{[^}]{1,200}\}|\$\([^)]{1,200}\)/
const VAULT = /^<[^<>\n]+>$/
/** What SOPS puts in place of a value. */
const SOPS = /^ENC\[AES256_GCM,/

/** Whether something else is filled in before the text reaches a cluster. */
export function isTemplated(text: string): boolean {
  return text.includes(STAND_IN) || hasAction(text) || VARIABLE.test(text)
}

/** What stands between a name and its value. */
const ASSIGNS = String.raw`["']?\s{0,20}[:=]\s{0,20}["']?[^\s"'{}<$]{3}`
/** A line of a configuration file with a secret in it, by its name. */
const SECRET_LINE = new RegExp(
  `(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|private[-_]?key|credentials?)${ASSIGNS}`,
  'i',
)
/** The same, of words that hardly stand for anything else: `secret: NAME` and `token: URL` are common. */
const PASSWORD_LINE = new RegExp(`(?:pass(?:word|wd|phrase)?|api[-_]?key|private[-_]?key)${ASSIGNS}`, 'i')

/** Whether a text under a key, which mostly is configuration for anybody to read, has a password in it. */
export function holdsPassword(key: string, value: unknown): boolean {
  if (typeof value !== 'string') return false
  return `${key}: ${value}`.split('\n').some((line) => !isTemplated(line) && PASSWORD_LINE.test(line))
}

/** What is not for everybody, by its name: a `username` has harmless defaults. */
const SECRET_NAME = /pass(?:word|wd|phrase)?|secret|token|api[-_]?key|private[-_]?key|credential/i
/** `${PASSWORD:-hunter2}`, for envsubst and Flux. */
const VARIABLE_DEFAULT = /\$\{\w{1,100}:?[-=][^}$]{3,200}\}/

/** Whether a value of a Secret, under that key, is one that a reader of the file now knows; what it is by default counts. */
export function isKnown(value: unknown, key = ''): boolean {
  if (value === null || value === undefined || value === '') return false
  if (Array.isArray(value)) return value.some((each) => isKnown(each, key))
  if (isObject(value)) return Object.entries(value).some(([name, each]) => isKnown(each, name))
  if (typeof value !== 'string') return true
  if (VAULT.test(value.trim()) || SOPS.test(value)) return false
  if (!isTemplated(value) || (SECRET_NAME.test(key) && (hasDefault(value) || VARIABLE_DEFAULT.test(value)))) return true
  return value.split('\n').some((line) => !isTemplated(line) && SECRET_LINE.test(line))
}
