import { STORE } from './store.ts'

export const VERIFY_BACKUP: string = `Proves that a backup opens, that its keys are whole, and that no active key is missing in it. Notes the time at the keys.

Usage: waxseal keys verify-backup [FLAGS] FILE

      --openpgp-key FILE        Private key to open it with; without it gpg does
      --passphrase-file FILE    File with the passphrase in its first line (WAXSEAL_PASSPHRASE); else it is asked for
      --offline                 Only look at the file, not at the controller's keys
      --dry-run                 Note nothing
  -o, --output name|json|yaml   Print which keys are in it, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys verify-backup keys.gpg
  waxseal keys verify-backup --offline --openpgp-key me.asc keys.gpg
`
