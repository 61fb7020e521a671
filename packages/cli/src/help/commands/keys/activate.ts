import { STORE } from './store.ts'

export const ACTIVATE: string = `Makes retired keys active again: the controller opens with them, and tries again what it could not open.

Usage: waxseal keys activate [FLAGS] KEY...

KEY is a fingerprint, its first eight digits or more, or the name of the Secret, also as secret/NAME.

      --dry-run                 Change nothing
  -o, --output name|json|yaml   Print which keys changed, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys activate 3f7a01c2
  waxseal keys activate --directory vault sealed-secrets-keyx8k2p
`
