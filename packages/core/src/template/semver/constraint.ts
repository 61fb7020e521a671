import { type ByteString, bytes } from '../text/bytestring.ts'
import { comparePrereleases, compareVersions, parseVersion, type Version } from './version.ts'

type Operator = 'tilde-or-equal' | 'not-equal' | 'greater' | 'less' | 'at-least' | 'at-most' | 'tilde' | 'caret'

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['', 'tilde-or-equal'],
  ['=', 'tilde-or-equal'],
  ['!=', 'not-equal'],
  ['>', 'greater'],
  ['<', 'less'],
  ['>=', 'at-least'],
  ['=>', 'at-least'],
  ['<=', 'at-most'],
  ['=<', 'at-most'],
  ['~', 'tilde'],
  ['~>', 'tilde'],
  ['^', 'caret'],
])

/** White space of RE2's `\s`. */
const S = '[\\t\\n\\f\\r ]'
const LABELS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const PATTERN = `v?([0-9|xX*]+)(\\.[0-9|xX*]+)?(\\.[0-9|xX*]+)?(-(?:${LABELS}))?(?:\\+(?:${LABELS}))?`
/** The same without groups, for the forms that only test or cut. */
const PLAIN = PATTERN.replace(/\((?!\?)/g, '(?:')
/** Longest first: where only one fits, this finds the same as trying each. */
const OPERATOR = '=>|=<|!=|>=|<=|~>|=|>|<|~|\\^|'
const SINGLE = new RegExp(`^${S}*(${OPERATOR})${S}*${PATTERN}${S}*$`)
/** Written so that no text matches in two ways: a tenant's text must not make it look back. */
const STEP = `(?:(?:${OPERATOR.slice(0, -1)})${S}*)?${PLAIN}`
const VALID = new RegExp(`^${S}*${STEP}(?:(?:${S}+|${S}*,${S}*)${STEP})*${S}*$`)
const EACH = new RegExp(`(?:${OPERATOR})${S}*${PLAIN}`, 'g')
const RANGE = new RegExp(`${S}*(${PLAIN})${S}+-${S}+(${PLAIN})${S}*`, 'g')
/** The expressions above may look back; a constraint is a line of a few versions. */
const LONGEST = 256

interface Condition {
  readonly operator: Operator
  readonly version: Version
  /** Some part is missing or a wildcard. */
  readonly dirty: boolean
  readonly minorDirty: boolean
  readonly patchDirty: boolean
}

/** Alternatives, each a list of conditions that must all hold. */
export type Constraint = readonly (readonly Condition[])[]

/** Undefined where it is no constraint of Masterminds/semver. */
export function parseConstraint(text: ByteString): Constraint | undefined {
  if (text.length > LONGEST) return undefined
  const ranges = text.replace(RANGE, (_, from: string, to: string) => `>= ${from}, <= ${to} `)
  const alternatives: Condition[][] = []
  for (const alternative of ranges.split('||')) {
    if (!VALID.test(alternative)) return undefined
    const conditions = (alternative.match(EACH) ?? [alternative]).map(parseCondition)
    const known = conditions.filter((condition) => condition !== undefined)
    if (known.length !== conditions.length) return undefined
    alternatives.push(known)
  }
  return alternatives
}

const isWild = (part: string): boolean => part === '' || part === 'x' || part === 'X' || part === '*'

function parseCondition(text: string): Condition | undefined {
  const match = SINGLE.exec(text)
  const operator = OPERATORS.get(match?.[1] ?? '')
  if (match === null || operator === undefined) return undefined
  const [major = '', minor = '', patch = ''] = [match[2], match[3]?.slice(1), match[4]?.slice(1)]
  const pre = match[5] ?? ''
  const wild = { major: isWild(major), minor: isWild(minor), patch: isWild(patch) }
  const known = wild.major ? '0.0.0' : wild.minor ? `${major}.0.0` : `${major}.${minor}.${wild.patch ? '0' : patch}`
  const version = parseVersion(bytes(`${known}${pre}`))
  if (typeof version === 'string') return undefined
  return {
    operator,
    version,
    dirty: wild.major || wild.minor || wild.patch,
    minorDirty: !wild.major && wild.minor,
    patchDirty: !wild.major && !wild.minor && wild.patch,
  }
}

export function satisfies(version: Version, constraint: Constraint): boolean {
  return constraint.some((conditions) => conditions.every((condition) => holds(version, condition)))
}

function holds(version: Version, condition: Condition): boolean {
  const { operator, version: bound, dirty, minorDirty } = condition
  if (operator === 'not-equal') return differs(version, condition)
  // A prerelease is only looked at when the constraint names one.
  if (version.prerelease !== '' && bound.prerelease === '') return false
  const order = compareVersions(version, bound)
  const [major, minor] = version.release
  const [boundMajor, boundMinor] = bound.release
  switch (operator) {
    case 'less':
      return order < 0
    case 'at-least':
      return order >= 0
    case 'greater':
      return dirty ? isBeyond(version, condition) : order > 0
    case 'at-most':
      if (!dirty) return order <= 0
      return major < boundMajor || (major === boundMajor && (minor <= boundMinor || minorDirty))
    case 'tilde-or-equal':
      return dirty ? isTilde(version, condition) : order === 0
    case 'tilde':
      return isTilde(version, condition)
    default:
      return order >= 0 && isCaret(version, condition)
  }
}

function differs(version: Version, { version: bound, dirty, minorDirty, patchDirty }: Condition): boolean {
  if (!dirty) return compareVersions(version, bound) !== 0
  if (version.prerelease !== '' && bound.prerelease === '') return false
  const [major, minor, patch] = version.release
  if (major !== bound.release[0]) return true
  if (minorDirty) return false
  if (minor !== bound.release[1]) return true
  if (!patchDirty) return patch !== bound.release[2] || compareVersions(version, bound) !== 0
  return comparePrereleases(version.prerelease, bound.prerelease) !== 0
}

/** Greater than every version that a wildcard stands for. */
function isBeyond(version: Version, { version: bound, minorDirty, patchDirty }: Condition): boolean {
  const [major, minor] = version.release
  if (major !== bound.release[0]) return major > bound.release[0]
  if (minorDirty) return false
  return patchDirty ? minor > bound.release[1] : compareVersions(version, bound) > 0
}

function isTilde(version: Version, { version: bound, minorDirty, patchDirty }: Condition): boolean {
  if (compareVersions(version, bound) < 0) return false
  if (bound.release.every((part) => part === 0n) && !minorDirty && !patchDirty) return true
  if (version.release[0] !== bound.release[0]) return false
  return minorDirty || version.release[1] === bound.release[1]
}

function isCaret(version: Version, { version: bound, minorDirty, patchDirty }: Condition): boolean {
  const [major, minor, patch] = version.release
  const [boundMajor, boundMinor, boundPatch] = bound.release
  if (boundMajor > 0n || minorDirty) return major === boundMajor
  if (major > 0n) return false
  if (boundMinor > 0n || patchDirty) return minor === boundMinor
  return minor === 0n && patch === boundPatch
}
