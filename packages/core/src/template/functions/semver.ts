import { CallFault } from '../fault.ts'
import { parseConstraint, satisfies } from '../semver/constraint.ts'
import { parseVersion, type Version } from '../semver/version.ts'
import type { ByteString } from '../text/bytestring.ts'
import { type FunctionTable, go } from './go.ts'

function version(text: ByteString): Version {
  const parsed = parseVersion(text)
  if (typeof parsed === 'string') throw new CallFault(parsed)
  return parsed
}

export const SEMVER: FunctionTable = {
  semver: go('func(string) (*semver.Version, error)', (_, text) => version(text)),
  semverCompare: go('func(string, string) (bool, error)', ({ budget }, constraint, text) => {
    budget.spend(constraint.length)
    const parsed = parseConstraint(constraint)
    if (parsed === undefined) throw new CallFault('improper constraint')
    return satisfies(version(text), parsed)
  }),
}
