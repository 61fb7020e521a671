import { STORE } from './store.ts'

export const BACKUP: string = `Writes all keys of a controller into one OpenPGP message, for recipients or with a passphrase, and notes the time at
the keys.

Usage: waxseal keys backup [FLAGS] FILE

FILE is replaced in one step and readable only by you; - is standard output. Without waxseal it is restored by
gpg -d FILE | kubectl apply -f -

  -r, --recipient FILE|USER     Public key to encrypt to, a file or a user of gpg; repeatable, each of them can open it
      --trusted                 Encrypt also to a gpg user whose key nobody has vouched for
      --passphrase-file FILE    Without recipients: file with the passphrase in its first line (WAXSEAL_PASSPHRASE); else
                                it is asked for
      --only KEY                Only this key, by fingerprint or name; repeatable
      --plaintext               Do not encrypt. Whoever reads the file can open every secret
      --dry-run                 Read the keys, and write nothing
  -o, --output name|json|yaml   Print which keys are in it, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys backup --recipient ops@example.com keys.gpg
  waxseal keys backup --recipient alice.asc --recipient bob.asc - > keys.gpg
`
