import { STORE } from './store.ts'

export const IMPORT: string = `Adds a key pair of your own to those of a controller, as an active key. The newest by its beginning of validity seals.

Usage: waxseal keys import --cert FILE --key FILE [FLAGS]

      --cert FILE               Certificate, PEM
  -k, --key FILE                Private key, PEM; checked to belong to the certificate
      --name NAME               Name of the Secret (default: made up)
      --dry-run                 Check everything, and add nothing
  -o, --output name|json|yaml   Print the key that was added, for programs (waxseal help output)

${STORE}
Examples:
  waxseal keys import --cert cert.pem --key key.pem
  waxseal keys import --cert cert.pem --key key.pem --directory vault
`
