export const GENERAL: string = `waxseal keeps Kubernetes secrets in git: it seals a Secret so that only the controller in the cluster, or who holds
the private key, can open it.

Usage: waxseal COMMAND [FLAGS]

Commands:
  seal             Seal Secrets into SealedSecrets
  unseal           Open SealedSecrets with a private key
  set              Seal a value for a key of a SealedSecret, in its file
  rm               Remove keys of a SealedSecret, in its file
  edit             Edit the values of a SealedSecret with a private key, in its file
  raw              Seal one bare value
  reseal           Seal the SealedSecrets of a repository again, for the newest key
  verify           Say whether SealedSecrets open, value by value
  check            Look for unsealed secrets and broken SealedSecrets in a repository, offline
  cert             Print the certificate, or what it says
  keys COMMAND     A controller's keys: list, back up, restore, retire (waxseal keys --help)
  git COMMAND      Encrypt whole files in git, as git-crypt does (waxseal git --help)
  completion       Print a script that completes commands and flags in bash, zsh or fish
  help NAME        Explain a command or a topic
  version          Print the version

Topics:
  scopes           Where a sealed value can be opened
  exit-codes       What an exit code means
  environment      Variables that are read
  kubeconfig       How the cluster and the controller are found
  formats          What is read and written
  output           What -o prints: names, JSON, YAML

Examples:
  waxseal keys generate
  waxseal seal -f secret.yaml -w sealed.yaml --cert cert.pem

Exit codes: 0 done, 1 failed, 2 wrong usage. stdout carries results, stderr what is meant for people.
`
