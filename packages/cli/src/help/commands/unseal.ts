import { CLUSTER } from '../shared.ts'

export const UNSEAL: string = `Opens SealedSecrets with private keys and prints the Secrets.

Usage: waxseal unseal --key FILE... [FLAGS] [PATH...]

  -k, --key FILE                Private key, repeatable: PEM (PKCS#1, PKCS#8), or the controller's key Secrets as
                                kubectl prints them (Secret or List, JSON or YAML)
      --from-cluster            Read the controller's keys from the cluster, if you may; they stay in memory
  -f, --file FILE               File to read, repeatable; same as PATH. Without any, standard input is read; of a
                                folder, the manifests with SealedSecrets
  -w, --write FILE              File to write, readable only by you
  -o, --output json|yaml|env|name
                                Output format (default: that of the input, or of the file name after -w); env: variables for
                                a POSIX shell; name: open everything, and print only the names
      --output-dir DIR          Write each value to a file named after its key, readable only by you. {namespace} and {name}
                                in DIR keep several SealedSecrets apart
      --dry-run                 Open everything, and write no file

With --from-cluster:
${CLUSTER}
Examples:
  waxseal unseal --key key.pem -f sealed.yaml
  waxseal unseal --key old.pem --key key.pem -o json sealed.yaml
  waxseal unseal --from-cluster --output-dir 'secrets/{namespace}/{name}' clusters/prod/*.yaml
`
