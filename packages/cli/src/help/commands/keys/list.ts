import { STORE } from './store.ts'

export const LIST: string = `Lists the keys of a controller: which one seals, which ones open, what is known to need them, when they were backed up.

Usage: waxseal keys list [FLAGS] [PATH...]

  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
  -o, --output table|wide|name|json|yaml
                                Format (table); name: as secret/NAME, for kubectl and as KEY

NEEDED BY counts the SealedSecrets in the cluster that the key did open. Those of which the controller has not said it are
told below the table: they may need any key. IN FILES counts those under PATH, which are opened with the keys for that.

${STORE}
Examples:
  waxseal keys list
  waxseal keys list clusters/
  waxseal keys list --directory vault -o json
`
