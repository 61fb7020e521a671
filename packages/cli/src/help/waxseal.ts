/** What `waxseal help` and `--help` print, by command. */
const GENERAL = `waxseal keeps Kubernetes secrets in git: it seals a Secret so that only the controller in the cluster, or who holds
the private key, can open it.

Usage: waxseal COMMAND [FLAGS]

Commands:
  seal             Seal Secrets into SealedSecrets
  unseal           Open SealedSecrets with a private key, without a cluster
  set              Seal a value for a key of a SealedSecret, in its file
  rm               Remove keys of a SealedSecret, in its file
  edit             Edit the values of a SealedSecret with a private key, in its file
  raw              Seal one bare value
  reseal           Seal the SealedSecrets of a repository again, for the newest key
  verify           Say whether SealedSecrets open, value by value
  check            Look for unsealed secrets and broken SealedSecrets in a repository, offline
  cert             Print the certificate, or what it says
  keys generate    Make a key pair and its certificate
  git COMMAND      Encrypt whole files in git, as git-crypt does (waxseal git --help)
  help COMMAND     Explain a command
  version          Print the version

Examples:
  waxseal keys generate
  waxseal seal -f secret.yaml -w sealed.yaml --cert cert.pem

Exit codes: 0 done, 1 failed, 2 wrong usage. stdout carries results, stderr what is meant for people.
`

const CLUSTER = `  --kubeconfig FILE             Instead of KUBECONFIG and ~/.kube/config
  --context NAME                Context of the kubeconfig
  --controller-name NAME        Service of the controller (sealed-secrets-controller), SEALED_SECRETS_CONTROLLER_NAME
  --controller-namespace NAME   Its namespace (kube-system), SEALED_SECRETS_CONTROLLER_NAMESPACE
`

const SEAL = `Seals every Secret of the input into a SealedSecret, which is safe to commit. Other documents pass through untouched.

Usage: waxseal seal [FLAGS] [PATH...]

Reads the files, or standard input (also as -), and prints the result. Nothing is written unless everything could be sealed.

  -f, --file FILE               File to read; same as PATH
  -w, --write FILE              File to write, replaced in one step
  -o, --output json|yaml        Output format (default: that of the input, or of the file name after -w)
      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
      --scope SCOPE             strict: opens only under this name and namespace (default)
                                namespace-wide: under any name in this namespace
                                cluster-wide: anywhere in the cluster
  -n, --namespace NAME          Namespace for Secrets that have none; an error where one has another
      --name NAME               Name of the sealed Secret, instead of the input's
      --allow-empty-data        Also seal a Secret without any data

To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal seal -f secret.yaml -w sealed.yaml --cert cert.pem
  kubectl create secret generic db --from-literal=password=x --dry-run=client -o yaml | waxseal seal -n shop --cert cert.pem
`

const UNSEAL = `Opens SealedSecrets with private keys from files, without a cluster, and prints the Secrets.

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

const CHECK = `Looks for secrets that are not sealed, and for SealedSecrets that will not open, without a cluster or a private key.

Usage: waxseal check [FLAGS] [PATH...]

Goes through folders (default: this one) as git sees them: what .gitignore excludes, .git and node_modules are left out.
Files named are always checked; - is standard input. Findings go to standard output, a summary to standard error.

      --cert FILE               Certificate of a key that is in use, repeatable: finds values sealed for any other key, and
                                certificates that have expired or will within 30 days
      --format FORMAT           text (default), json, sarif (code scanning), github (annotations in GitHub Actions)
      --disable RULE            Leave out a rule, repeatable
      --exclude PATTERN         Leave out files, in the syntax of .gitignore, repeatable
      --strict                  Fail on warnings, too
  -q, --quiet                   Only print what fails the check
      --list-rules              Print the rules

A comment "# waxseal:ignore RULE" excuses the line it is on and the next one; in front of a document, the whole document.
Exit codes: 0 nothing found, or warnings only; 1 errors found; 2 wrong usage.

Examples:
  waxseal check
  waxseal check --cert cert.pem --format sarif clusters/ > waxseal.sarif
`

const CHOICE = `      --name NAME               Choose the SealedSecret, where the file holds several
  -n, --namespace NAME          Likewise; also where a SealedSecret will be that does not say it
      --dry-run                 Print the file as it would be instead of writing it
`

const SET = `Seals a value for one or more keys of a SealedSecret in its file. Comments, order, quotes, other documents and everything
else in the file stay as they are, byte for byte. The certificate is enough: no value needs to be opened.

Usage: waxseal set [FLAGS] FILE KEY[=PATH]...

The value comes from the file PATH, or for KEY alone from standard input; on a terminal it is asked for and not shown. It is
sealed as it is, with the newline at its end if it has one. A value on the command line is refused: others can read it there.

      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
${CHOICE}
To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal set --cert cert.pem sealed.yaml password
  waxseal set --cert cert.pem sealed.yaml tls.crt=server.crt tls.key=server.key
  pwgen -s 32 1 | tr -d '\\n' | waxseal set --cert cert.pem sealed.yaml token
`

const RM = `Removes keys of a SealedSecret in its file. Everything else in the file stays as it is, byte for byte.

Usage: waxseal rm [FLAGS] FILE KEY...

A key that is not there is an error, and nothing is removed then. The last one may go, with a warning.

${CHOICE}
Examples:
  waxseal rm sealed.yaml password
  waxseal rm --name db -n shop all.yaml old-token older-token
`

const EDIT = `Opens the values of a SealedSecret in your editor ($VISUAL, $EDITOR or vi) and seals what you changed, in its file.
Values that stay the same keep their sealed text; everything else in the file stays as it is, byte for byte.

Usage: waxseal edit --key FILE [FLAGS] FILE

While you edit, the values are in a file that only you can read, in memory where the system offers that (XDG_RUNTIME_DIR,
/dev/shm), and wiped afterwards. What your editor stores elsewhere, such as undo files, is up to its settings.

  -k, --key FILE                Private key, repeatable: PEM, or the controller's key Secrets as kubectl prints them
      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
${CHOICE}
To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal edit --key key.pem --cert cert.pem sealed.yaml
  EDITOR='code --wait' waxseal edit --key key.pem --cert cert.pem sealed.yaml
`

const RAW = `Seals one bare value and prints it as spec.encryptedData holds it, without a newline.

Usage: waxseal raw [FLAGS] [FILE]

The value comes from FILE, or from standard input; on a terminal it is asked for and not shown.

      --name NAME               Name of the Secret the value is for; needed for the scope strict
  -n, --namespace NAME          Its namespace (default: that of the kubeconfig's context)
      --scope SCOPE             strict (default), namespace-wide or cluster-wide
  -f, --file FILE               Same as FILE
      --cert FILE|URL           Certificate to seal with (SEALED_SECRETS_CERT); without it, the cluster's controller is asked

To ask the cluster for the certificate:
${CLUSTER}
Examples:
  waxseal raw --cert cert.pem -n shop --name db password.txt
  printf %s "$TOKEN" | waxseal raw --cert cert.pem --scope cluster-wide
`

const RESEAL = `Seals every SealedSecret under PATH again, for the newest key. Only the sealed values change, in their place: comments, order,
quotes, templates, other documents stay as they are, byte for byte. Values that are sealed for that key already stay, too.

Usage: waxseal reseal [FLAGS] PATH...

Goes through folders as git sees them: *.yaml, *.yml and *.json, without what .gitignore excludes. A file is written whole or
not at all; interrupted, or when some failed, run it again to finish. Prints the names of the files that it changed.

With the private keys, without a cluster:
  -k, --key FILE                Private key, repeatable: PEM, or the controller's key Secrets as kubectl prints them. Give the
                                newest, too: what is sealed for it already is recognised by opening it
      --cert FILE|URL           Certificate to seal for (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
Without --key, the cluster's controller opens and seals, and values never leave it:
${CLUSTER}
  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
      --dry-run                 Write nothing
  -o, --output name|json        Names of changed files (default), or what became of every SealedSecret

Examples:
  waxseal reseal .
  waxseal reseal --key old.pem --key new.pem --cert new.crt clusters/
`

const VERIFY = `Says whether the SealedSecrets under PATH open, value by value. Exit code 1 when one does not.

Usage: waxseal verify [FLAGS] PATH...

Goes through folders as git sees them: *.yaml, *.yml and *.json, without what .gitignore excludes.

  -k, --key FILE                Private key, repeatable: PEM, or the controller's key Secrets as kubectl prints them.
                                Without one, the cluster's controller is asked:
${CLUSTER}
  -n, --namespace NAME          Namespace of SealedSecrets that do not say theirs
  -o, --output text|json        Default: text

Examples:
  waxseal verify .
  waxseal verify --key key.pem -o json clusters/prod
`

const CERT = `Prints the certificate that values are sealed with, as PEM; with --info, what it says.

Usage: waxseal cert [FLAGS]

      --cert FILE|URL           Read it from there (SEALED_SECRETS_CERT); without it, the cluster's controller is asked
      --info                    Print fingerprint, subject, validity, key size and serial number
  -o, --output json|yaml        With --info: for programs
  -w, --write FILE              File to write, replaced in one step

To ask the cluster:
${CLUSTER}
Examples:
  waxseal cert -w cert.pem
  waxseal cert --cert cert.pem --info
`

const GENERATE = `Makes an RSA key pair. The certificate seals and is public; the private key opens and must stay secret.

Usage: waxseal keys generate [FLAGS]

      --key-out FILE            Private key, PEM, mode 0600 (key.pem)
      --cert-out FILE           Certificate, PEM (cert.pem)
      --bits NUMBER             Size of the key, 2048 to 8192 (4096)
      --cn NAME                 Common name in the certificate (waxseal)
      --ttl TIME                How long the certificate seals, such as 3650d, 10y or 87600h (3650d); the key opens for ever

Files that exist are never overwritten.

Examples:
  waxseal keys generate
  waxseal keys generate --key-out ~/keys/shop.key --cert-out shop.crt --cn shop
`

const KEYS = `Usage: waxseal keys COMMAND

Commands:
  generate    Make a key pair and its certificate

Examples:
  waxseal keys generate
  waxseal keys generate --help
`

export const HELP_TEXTS: Readonly<Record<string, string>> = {
  '': GENERAL,
  seal: SEAL,
  unseal: UNSEAL,
  set: SET,
  rm: RM,
  edit: EDIT,
  raw: RAW,
  reseal: RESEAL,
  verify: VERIFY,
  check: CHECK,
  cert: CERT,
  keys: KEYS,
  'keys generate': GENERATE,
}
