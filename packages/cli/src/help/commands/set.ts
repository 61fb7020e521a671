import { CHOICE, CLUSTER } from '../shared.ts'

export const SET: string = `Seals a value for one or more keys of a SealedSecret in its file. Comments, order, quotes, other documents and everything
else in the file stay as they are, byte for byte. The certificate is enough: no value needs to be opened.

Usage: waxseal set [FLAGS] FILE KEY[=PATH]...

The value comes from the file PATH, or for KEY alone from standard input; on a terminal it is asked for and not shown. It is
sealed as it is, with the newline at its end if it has one. A value on the command line is refused: others can read it there.
With - as FILE the manifest comes from standard input, and goes to standard output with the new values.

      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
${CHOICE}
To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal set --cert cert.pem sealed.yaml password
  waxseal set --cert cert.pem sealed.yaml tls.crt=server.crt tls.key=server.key
  pwgen -s 32 1 | tr -d '\\n' | waxseal set --cert cert.pem sealed.yaml token
`
