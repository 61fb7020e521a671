import { STORE } from './store.ts'

export const ROTATE: string = `Makes a new key, seals everything for it, and retires the old keys once nothing needs them.

Usage: waxseal keys rotate [FLAGS] [PATH...]

Step by step, each told and asked for: writes all keys and the new one into a backup; adds the new key; waits until every
replica of the controller seals with it; seals the SealedSecrets under PATH again; says what still needs older keys. It can
be stopped, or fail, anywhere: the same command goes on from there, also after what was sealed again has been committed and
synced.

      --backup FILE             Where the backup goes; an earlier one is kept beside it as FILE.1
  -r, --recipient FILE|USER     Public key to encrypt the backup to, a file or a user of gpg; repeatable
      --trusted                 Encrypt also to a gpg user whose key nobody has vouched for
      --passphrase-file FILE    Without recipients: file with the passphrase in its first line (WAXSEAL_PASSPHRASE)
      --no-backup               Do without a backup
      --cluster                 Seal also what is in the cluster alone, not what Argo CD, Flux, Helm or kubectl apply put
                                there
      --retire-old              Retire the old keys that nothing needs: not the cluster, not PATH
      --compromised KEY         Somebody else may have this key: list what they can read; repeatable
      --checklist FILE          Where that list goes, Markdown or (*.json) JSON; what is in the file stays
      --history                 Look for it in the git history of PATH, too
  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
      --bits NUMBER             Size of the new key, 2048 to 8192 (4096)
      --cn NAME                 Common name in its certificate (waxseal)
      --ttl TIME                How long the certificate seals, such as 3650d, 10y or 87600h (3650d)
      --timeout SECONDS         How long to wait for the controller (120)
  -y, --yes                     Do every step without asking
      --dry-run                 Say what would be done
  -o, --output name|json|yaml   Print the files that changed (default), or what became of keys and SealedSecrets, and what
                                still needs old keys (waxseal help output)

${STORE}
Examples:
  waxseal keys rotate --backup keys.gpg --recipient ops@example.com --retire-old .
  waxseal keys rotate --backup keys.gpg --recipient ops@example.com --compromised 3f7a01c2 --checklist change.md --history .
`
