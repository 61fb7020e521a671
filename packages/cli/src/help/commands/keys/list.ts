import { STORE } from './store.ts'

export const LIST: string = `Lists the keys of a controller: which one seals, which ones open, what is known to need them, when they were backed up.

Usage: waxseal keys list [FLAGS]

  -o, --output table|wide|json|yaml   Format (table)

NEEDED BY counts the SealedSecrets in the cluster that the key did open. Those of which the controller has not said it are
told below the table: they may need any key.

${STORE}
Examples:
  waxseal keys list
  waxseal keys list --directory vault -o json
`
