import { CLUSTER } from '../shared.ts'

export const SEAL: string = `Seals every Secret of the input into a SealedSecret, which is safe to commit. Other documents pass through untouched.

Usage: waxseal seal [FLAGS] [PATH...]

Reads the files, or standard input (also as -), and prints the result. Of a folder it takes the manifests with Secrets, less
what git ignores. Nothing is written unless everything could be sealed.

  -f, --file FILE               File to read, repeatable; same as PATH
  -w, --write FILE              File to write, replaced in one step
      --output-template PATH    Write each SealedSecret to a file of its own, and print the paths of those that changed. PATH
                                takes {cluster}, {namespace}, {name} and {folder}, that of the input. A file that is there
                                keeps its comments; other documents of the input stay where they are
  -o, --output json|yaml|name   Output format (default: that of the input, or of the file name after -w); name: print only
                                the names of what was sealed
      --cert [CLUSTER=]FILE     Certificate to seal with, or its URL (SEALED_SECRETS_CERT); without it, the cluster is asked.
                                Repeatable with --output-template; a cluster not named is called as its file is
      --scope SCOPE             Where it opens (waxseal help scopes):
                                strict: only under this name and namespace (default)
                                namespace-wide: under any name in this namespace
                                cluster-wide: anywhere in the cluster
  -n, --namespace NAME          Namespace for Secrets that have none; an error where one has another
      --name NAME               Name of the sealed Secret, instead of the input's
      --allow-empty-data        Also seal a Secret without any data
      --dry-run                 Write nothing: print the result, or the names of the files that would change

To leave values that did not change as they are in a file that is there:
  -k, --key FILE                Private key, repeatable, as for waxseal unseal
      --from-cluster            Read the keys from the cluster, if you may

To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal seal --cert staging=stg.pem --cert prod=prod.pem --output-template 'clusters/{cluster}/{name}.yaml' secret.yaml
  waxseal seal -f secret.yaml -w sealed.yaml --cert cert.pem
  kubectl create secret generic db --from-literal=password=x --dry-run=client -o yaml | waxseal seal -n shop --cert cert.pem
`
