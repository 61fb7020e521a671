export const UNSEAL: string = `Opens SealedSecrets with private keys from files, without a cluster, and prints the Secrets.

Usage: waxseal unseal --key FILE... [FLAGS] [PATH...]

  -k, --key FILE                Private key, repeatable: PEM (PKCS#1, PKCS#8), or the controller's key Secrets as
                                kubectl prints them (Secret or List, JSON or YAML)
  -f, --file FILE               File to read; same as PATH. Without any, standard input is read
  -w, --write FILE              File to write, readable only by you
  -o, --output json|yaml        Output format (default: that of the input, or of the file name after -w)

Examples:
  waxseal unseal --key key.pem -f sealed.yaml
  waxseal unseal --key old.pem --key key.pem -o json sealed.yaml
`
