import { CLUSTER } from '../shared.ts'

export const VERIFY: string = `Says whether the SealedSecrets under PATH open, value by value. Exit code 1 when one does not.

Usage: waxseal verify [FLAGS] PATH...

Goes through folders as git sees them: *.yaml, *.yml and *.json, without what .gitignore excludes. - is standard input.

  -k, --key FILE                Private key, repeatable: PEM, or the controller's key Secrets as kubectl prints them.
                                Without one, the cluster's controller is asked
      --from-cluster            Read the keys from the cluster, if you may

The cluster:
${CLUSTER}
  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
  -o, --output text|name|json|yaml
                                text (default), the names of files where something does not open, or each SealedSecret
                                with its values (waxseal help output)

Examples:
  waxseal verify .
  waxseal verify --key key.pem -o json clusters/prod
  kustomize build clusters/prod | waxseal verify --key key.pem -
`
