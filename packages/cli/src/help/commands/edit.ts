import { CHOICE, CLUSTER } from '../shared.ts'

export const EDIT: string = `Opens the values of a SealedSecret in your editor ($VISUAL, $EDITOR or vi) and seals what you changed, in its file.
Values that stay the same keep their sealed text; everything else in the file stays as it is, byte for byte.

Usage: waxseal edit --key FILE [FLAGS] FILE

While you edit, the values are in a file that only you can read, in memory where the system offers that (XDG_RUNTIME_DIR,
/dev/shm), and wiped afterwards. What your editor stores elsewhere, such as undo files, is up to its settings.

  -k, --key FILE                Private key, repeatable: PEM, or the controller's key Secrets as kubectl prints them
      --from-cluster            Read the keys from the cluster, if you may
      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
${CHOICE}
To ask the cluster for the certificate, or for keys:
${CLUSTER}
Examples:
  waxseal edit --key key.pem --cert cert.pem sealed.yaml
  EDITOR='code --wait' waxseal edit --key key.pem --cert cert.pem sealed.yaml
`
