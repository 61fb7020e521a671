import { CLUSTER } from '../shared.ts'

export const SEAL: string = `Seals every Secret of the input into a SealedSecret, which is safe to commit. Other documents pass through untouched.

Usage: waxseal seal [FLAGS] [PATH...]

Reads the files, or standard input (also as -), and prints the result. Nothing is written unless everything could be sealed.

  -f, --file FILE               File to read, repeatable; same as PATH
  -w, --write FILE              File to write, replaced in one step
  -o, --output json|yaml        Output format (default: that of the input, or of the file name after -w)
      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
      --scope SCOPE             Where it opens (waxseal help scopes):
                                strict: only under this name and namespace (default)
                                namespace-wide: under any name in this namespace
                                cluster-wide: anywhere in the cluster
  -n, --namespace NAME          Namespace for Secrets that have none; an error where one has another
      --name NAME               Name of the sealed Secret, instead of the input's
      --allow-empty-data        Also seal a Secret without any data

To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal seal -f secret.yaml -w sealed.yaml --cert cert.pem
  kubectl create secret generic db --from-literal=password=x --dry-run=client -o yaml | waxseal seal -n shop --cert cert.pem
`
