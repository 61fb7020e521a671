import { CLUSTER } from '../shared.ts'

export const RESEAL: string = `Seals every SealedSecret under PATH again, for the newest key. Only the sealed values change, in their place: comments,
order, quotes, templates, other documents stay as they are, byte for byte. Values that are sealed
for that key already stay, too.

Usage: waxseal reseal [FLAGS] PATH...

Goes through folders as git sees them: *.yaml, *.yml and *.json, without what .gitignore excludes. A file is written whole or
not at all; interrupted, or when some failed, run it again to finish. Prints the names of the files that it changed.
With - as PATH it reads standard input and prints that with the new values, unless something failed.

With the private keys:
  -k, --key FILE                Private key, repeatable: PEM, or the controller's key Secrets as kubectl prints them. Give
                                the newest, too: what is sealed for it already is recognised by opening it
      --from-cluster            Read them from the cluster, if you may; they stay in memory
      --cert FILE|URL           Certificate to seal for (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
Without any, the cluster's controller opens and seals, and values never leave it:
${CLUSTER}
  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
      --dry-run                 Write nothing
  -o, --output name|json|yaml   Names of changed files (default), or what became of every SealedSecret (waxseal help output)

Examples:
  waxseal reseal .
  waxseal reseal --key old.pem --key new.pem --cert new.crt clusters/
`
