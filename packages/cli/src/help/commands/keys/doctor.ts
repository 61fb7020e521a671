import { STORE } from './store.ts'

export const DOCTOR: string = `Looks for what will cost secrets one day, and says what to do about it. Changes nothing.

Usage: waxseal keys doctor [FLAGS]

Keys that are in no backup, too old, expired, damaged, too small, or labelled in a way that no controller knows. In a
cluster also: whether the clocks agree, what you may do with the keys, who else may read them (by RBAC), which SealedSecrets
fail. In a folder: whether others on the machine can read it. What you may not look at is told as unknown. Exit code 1 where
there are errors.

  -o, --output text|json|yaml   Format (text)

${STORE}
Examples:
  waxseal keys doctor
  waxseal keys doctor --directory vault -o json
`
