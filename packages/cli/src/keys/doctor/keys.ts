/** What the keys themselves show. */
import type { KeyInfo } from '../key-info.ts'
import { titleOf } from '../options.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const DAY = 24 * 60 * 60 * 1000
/** The controller makes one every 30 days by default. */
const OLD_DAYS = 180
const EXPIRY_DAYS = 30
/** Below, RSA is no longer safe (NIST SP 800-131A). */
const LEAST_BITS = 2048
const STATES: readonly string[] = ['active', 'retired', 'compromised']

export function checkKeys(keys: readonly KeyInfo[], now: Date): readonly Finding[] {
  const newest = keys.find(({ isNewest }) => isNewest)
  return [
    ...(newest === undefined
      ? [failure('no active key that can be used: nothing can be sealed', 'waxseal keys generate, or keys restore')]
      : checkNewest(newest, now)),
    ...keys.flatMap((key) => checkKey(key)),
    ...checkBackups(keys),
  ]
}

function checkNewest(key: KeyInfo, now: Date): readonly Finding[] {
  const { notBefore = now, notAfter = now } = key
  const age = Math.floor((now.getTime() - notBefore.getTime()) / DAY)
  const left = Math.floor((notAfter.getTime() - now.getTime()) / DAY)
  const title = titleOf(key)
  const begun =
    age < 0
      ? failure(`${title} seals, and begins in the future: ${notBefore.toISOString()}`, 'is a clock wrong?')
      : age > OLD_DAYS
        ? warning(`${title} seals, and is ${age} days old`, 'waxseal keys rotate')
        : ok(`${title} seals, and is ${age} days old`)
  const end =
    left < 0
      ? failure(
          `its certificate has expired on ${notAfter.toISOString().slice(0, 10)}: nothing can be sealed`,
          'waxseal keys rotate',
        )
      : left < EXPIRY_DAYS
        ? warning(`its certificate expires in ${left} days`, 'waxseal keys rotate')
        : ok(`its certificate seals for another ${left} days`)
  return [begun, end]
}

function checkKey(key: KeyInfo): readonly Finding[] {
  const { stored, bits, problem } = key
  const title = titleOf(key)
  const findings: Finding[] = []
  if (problem !== undefined) findings.push(failure(`${title} cannot be used: ${problem}`, 'restore it from a backup'))
  if (bits !== undefined && bits < LEAST_BITS) {
    findings.push(failure(`${title} has ${bits} bits, which can be broken`, 'rotate, and change what it sealed'))
  }
  if (!STATES.includes(stored.state)) {
    findings.push(
      warning(
        `${title} has the label ${JSON.stringify(stored.state)}, so that it is not used`,
        'waxseal keys activate or retire says what is meant',
      ),
    )
  }
  if (stored.state === 'compromised') {
    findings.push(warning(`${title} is compromised`, 'change what it sealed, then waxseal keys prune'))
  }
  return findings
}

function checkBackups(keys: readonly KeyInfo[]): readonly Finding[] {
  const missing = keys.filter(({ stored, problem }) => stored.lastBackup === undefined && problem === undefined)
  if (missing.length === 0) return keys.length === 0 ? [] : [ok('every key is in a backup')]
  return missing.map((key) =>
    failure(`${titleOf(key)} is in no backup: without it, what it sealed is lost`, 'waxseal keys backup FILE'),
  )
}
