import { STORE } from './store.ts'

export const RESTORE: string = `Brings back the keys of a backup that a controller does not have. Keys that are there are left as they are.

Usage: waxseal keys restore [FLAGS] FILE

A controller that runs sees them at once, and opens what it could not open.

      --openpgp-key FILE        Private key to open it with; without it gpg does
      --passphrase-file FILE    File with the passphrase in its first line (WAXSEAL_PASSPHRASE); else it is asked for
      --dry-run                 Say what is missing, and write nothing
  -o, --output name|json|yaml   Print which keys came back, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys restore keys.gpg
  waxseal keys restore --directory vault --openpgp-key me.asc keys.gpg
`
