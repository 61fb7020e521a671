import { type ByteString, bytes } from '../text/bytestring.ts'
import { parseInteger, UINT64 } from '../text/numbers.ts'

/** Major, minor and patch may be missing, as may the `v`; groups: numbers, prerelease, metadata. */
const VERSION_PATTERN =
  'v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?'
/** Comparing versions takes as long as they are; none that is meant for people is longer. */
const LONGEST = 1024
const VERSION = new RegExp(`^${VERSION_PATTERN}$`)

export type Release = readonly [major: bigint, minor: bigint, patch: bigint]

/** A semantic version as Masterminds/semver has it: lenient when read, ordered by semver.org. */
export class Version {
  readonly type: '*semver.Version' | 'semver.Version'
  readonly release: Release
  readonly prerelease: ByteString
  readonly metadata: ByteString
  readonly original: ByteString

  constructor(
    type: Version['type'],
    release: Release,
    prerelease: ByteString,
    metadata: ByteString,
    original?: ByteString,
  ) {
    this.type = type
    this.release = release
    this.prerelease = prerelease
    this.metadata = metadata
    this.original = original ?? this.text()
  }

  text(): ByteString {
    const prerelease = this.prerelease === '' ? '' : `-${this.prerelease}`
    const metadata = this.metadata === '' ? '' : `+${this.metadata}`
    return bytes(`${this.release.join('.')}${prerelease}${metadata}`)
  }

  /** The version derived from this one; it keeps the `v` of what was read. */
  next(release: Release, prerelease: ByteString = bytes(''), metadata: ByteString = bytes('')): Version {
    const made = new Version('semver.Version', release, prerelease, metadata)
    const original = bytes(`${this.original.startsWith('v') ? 'v' : ''}${made.text()}`)
    return new Version('semver.Version', release, prerelease, metadata, original)
  }

  identical(other: Version): boolean {
    return this.text() === other.text() && this.original === other.original
  }
}

/** @returns why it is none, in the words of Masterminds/semver, instead of a version */
export function parseVersion(text: ByteString): Version | string {
  const match = text.length > LONGEST ? null : VERSION.exec(text)
  if (match === null) return 'Invalid Semantic Version'
  const release = [match[1], match[2], match[3]].map((digits) => parseInteger(digits ?? '0', 10, UINT64))
  const [major, minor, patch] = release
  if (major === undefined || minor === undefined || patch === undefined) {
    return 'Error parsing version segment: value out of range'
  }
  const prerelease = bytes(match[4] ?? '')
  const fault = prereleaseFault(prerelease)
  if (fault !== undefined) return fault
  return new Version('*semver.Version', [major, minor, patch], prerelease, bytes(match[5] ?? ''), text)
}

export function prereleaseFault(text: ByteString): string | undefined {
  if (text === '') return undefined
  for (const part of text.split('.')) {
    if (/^0[0-9]+$/.test(part)) return 'Version segment starts with 0'
    if (!/^[0-9A-Za-z-]*$/.test(part)) return 'Invalid Prerelease string'
  }
  return undefined
}

/** -1, 0 or 1; metadata does not count. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  for (let i = 0; i < 3; i++) {
    const [left, right] = [a.release[i] ?? 0n, b.release[i] ?? 0n]
    if (left !== right) return left < right ? -1 : 1
  }
  return comparePrereleases(a.prerelease, b.prerelease)
}

export function comparePrereleases(a: ByteString, b: ByteString): -1 | 0 | 1 {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareParts(left[i] ?? '', right[i] ?? '')
    if (order !== 0) return order
  }
  return 0
}

function compareParts(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  if (a === '') return -1
  if (b === '') return 1
  const [left, right] = [parseInteger(a, 10, UINT64), parseInteger(b, 10, UINT64)]
  if (left === undefined && right === undefined) return a > b ? 1 : -1
  // Numbers come before words.
  if (right === undefined) return -1
  if (left === undefined) return 1
  return left > right ? 1 : -1
}
