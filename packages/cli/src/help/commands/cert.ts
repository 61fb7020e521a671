import { CLUSTER } from '../shared.ts'

export const CERT: string = `Prints the certificate that values are sealed with, as PEM; with --info or -o, what it says.

Usage: waxseal cert [FLAGS]

      --cert FILE|URL           Read it from there (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
      --info                    Print fingerprint, subject, validity, key size and serial number
  -o, --output json|yaml        The same for programs
  -w, --write FILE              File to write, replaced in one step
      --dry-run                 Print instead of writing

To ask the cluster:
${CLUSTER}
Examples:
  waxseal cert -w cert.pem
  waxseal cert --cert cert.pem --info
`
