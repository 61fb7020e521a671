import { CLUSTER } from '../shared.ts'

export const RAW: string = `Seals one bare value and prints it as spec.encryptedData holds it, without a newline.

Usage: waxseal raw [FLAGS] [FILE]

The value comes from FILE, or from standard input; on a terminal it is asked for and not shown.

      --name NAME               Name of the Secret the value is for; needed for the scope strict
  -n, --namespace NAME          Its namespace (default: that of the kubeconfig's context)
      --scope SCOPE             Where it opens: strict (default), namespace-wide or cluster-wide
  -f, --file FILE               Same as FILE
      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
  -o, --output json|yaml        Print also scope, namespace, name and the fingerprint of the key that it is sealed for

To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal raw --cert cert.pem -n shop --name db password.txt
  printf %s "$TOKEN" | waxseal raw --cert cert.pem --scope cluster-wide
`
