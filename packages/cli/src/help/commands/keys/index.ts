export const KEYS: string = `Usage: waxseal keys COMMAND

Commands:
  list             List a controller's keys: what they do, who needs them, when they were backed up
  generate         Make a key pair and its certificate, in files or for a controller
  import           Add a key pair of your own to a controller's
  rotate           Make a new key, seal everything for it, retire the old ones
  retire           Have a controller open nothing more with a key
  activate         Have it use the key again
  backup           Write all keys into one OpenPGP message
  verify-backup    Prove that a backup opens and lacks no key
  restore          Bring back the keys of a backup
  prune            Delete retired keys that nothing needs
  doctor           Look for what will cost secrets one day

Examples:
  waxseal keys list
  waxseal keys backup --recipient ops@example.com keys.gpg
`
