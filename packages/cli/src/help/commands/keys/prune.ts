import { STORE } from './store.ts'

export const PRUNE: string = `Deletes retired keys for good: those that a backup holds, and that no SealedSecret in the cluster or under PATH needs.

Usage: waxseal keys prune [FLAGS] [PATH...]

What cannot be opened, or read, counts as needing every key. Active keys are never deleted but by --force.

      --history                 Look also at every version in the git history of PATH, on all branches and tags
      --backup FILE             Proof that a backup holds them, instead of the time noted at the keys
      --openpgp-key FILE        Private key that opens it, instead of gpg
      --passphrase-file FILE    Its passphrase, or the backup's, in the first line of a file (WAXSEAL_PASSPHRASE)
      --force FINGERPRINT       Delete this key whatever needs it; all 64 digits; repeatable
  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
  -y, --yes                     Delete without asking
      --dry-run                 Only say which
  -o, --output name|json|yaml   Print which keys went, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys prune --history --dry-run .
  waxseal keys prune --history --backup keys.gpg .
`
