import { STORE } from './store.ts'

export const RETIRE: string = `Retires keys: the controller opens nothing with them any more. They are kept, and can be made active again.

Usage: waxseal keys retire [FLAGS] KEY...

KEY is a fingerprint, its first eight digits or more, or the name of the Secret, also as secret/NAME. The last active
key cannot be retired, nor one that SealedSecrets in the cluster, or in the folder, need or may need.

      --compromised             Say that somebody else may have the key
      --force                   Retire it though something needs it: that fails to open then, until waxseal keys activate
      --dry-run                 Change nothing
  -o, --output name|json|yaml   Print which keys changed, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys retire 3f7a01c2
  waxseal keys retire --compromised sealed-secrets-keyx8k2p
`
