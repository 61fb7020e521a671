import { STORE } from './store.ts'

export const RETIRE: string = `Retires keys: the controller opens nothing with them any more. They are kept, and can be made active again.

Usage: waxseal keys retire [FLAGS] KEY...

KEY is a fingerprint, its first eight digits or more, or the name of the Secret. The last active key cannot be retired.

      --compromised             Say that somebody else may have the key
      --dry-run                 Change nothing

${STORE}
Examples:
  waxseal keys retire 3f7a01c2
  waxseal keys retire --compromised sealed-secrets-keyx8k2p
`
