import { STORE } from './store.ts'

export const PRUNE: string = `Deletes retired keys for good: those that a backup holds, and that no SealedSecret in the cluster or under PATH needs.

Usage: waxseal keys prune --backup FILE [FLAGS] [PATH...]

What cannot be opened, or read, counts as needing every key. Active keys are never deleted but by --force.

      --backup FILE             The backup that holds them: it is opened for proof
      --history                 Look also at every version in the git history of PATH, on all branches and tags
      --openpgp-key FILE        Private key that opens it, instead of gpg
      --passphrase-file FILE    Its passphrase, or the backup's, in the first line of a file (WAXSEAL_PASSPHRASE)
      --force FINGERPRINT       Delete this key whatever needs it and without proof; all 64 digits; repeatable
  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
  -y, --yes                     Delete without asking
      --dry-run                 Only say which
  -o, --output name|json|yaml   Print which keys went, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys prune --backup keys.gpg --history --dry-run .
  waxseal keys prune --backup keys.gpg --history .
`
