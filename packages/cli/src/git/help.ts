/** What `waxseal git help` and `--help` print, by command; written as help/pages.ts says. */
const GENERAL = `waxseal git keeps files encrypted in git and plain in the work trees of those who hold the key. Repositories are those of
git-crypt: both programs work on them, side by side.

Usage: waxseal git COMMAND [FLAGS]

Set up and daily work:
  init             Make a key and set this clone up
  status           List which files are encrypted, and which should be and are not
  lock             Turn the work tree into ciphertext and remove the key
  unlock           Decrypt the work tree, with a key file or your GPG key
  refresh          Set this clone up anew with this waxseal, decrypt what is left
  guard            Install a pre-commit hook that stops plain text where ciphertext belongs

Who has the key:
  add-gpg-user     Give the key to a GPG user, in a commit
  rm-gpg-user      Take it back, in a commit
  ls-gpg-users     List who has it
  rotate-key       Make a new key and encrypt everything with it, in a commit
  export-key       Write the key to a file
  keygen           Write a new key to a file
  migrate-key      Turn a key from before git-crypt 0.4 into one of today

Called by git: process, clean, smudge, diff, merge

Examples:
  waxseal git init
  echo '*.tfvars filter=git-crypt diff=git-crypt merge=git-crypt' >> .gitattributes
  waxseal git add-gpg-user alice@example.com

Exit codes: 0 done, 1 failed, 2 wrong usage.
`

const KEY = `  -k, --key-name NAME         A named key instead of the default one
`

const INIT = `Makes a key for this repository and sets this clone up to encrypt and decrypt with it.

Usage: waxseal git init [FLAGS]

${KEY}      --hook                  Also install the pre-commit hook of waxseal git guard
`

const UNLOCK = `Decrypts the files of this clone, all its work trees included. Nothing is changed when the key is wrong.

Usage: waxseal git unlock [FLAGS] [KEYFILE... | -]

Without a key file, the keys in the repository are opened with your GPG key.

      --openpgp-key FILE      Private key to open them with, without gpg
      --passphrase-file FILE  Its passphrase is the first line of FILE; else WAXSEAL_PASSPHRASE, else you are asked

Examples:
  waxseal git unlock ~/keys/repo.key
  printenv REPO_KEY | base64 -d | waxseal git unlock -
`

const LOCK = `Turns encrypted files into ciphertext on disk, in all work trees, and removes the key from this clone. A filter stays that
refuses to stage a secret as plain text.

Usage: waxseal git lock [FLAGS]

${KEY}  -a, --all                   All keys
  -f, --force                 Also with changes in the work tree, which are lost in encrypted files, and also when this clone
                              has the only copy of the key
      --no-guard              Leave nothing in git's configuration
`

const STATUS = `Lists files with whether git encrypts them. Exit code 1 when a file should be encrypted in git and is not.

Usage: waxseal git status [FLAGS] [FILE...]

  -e, --encrypted             Only files that are to be encrypted
  -u, --unencrypted           Only the others
  -f, --fix                   Stage the encrypted version of files that are not
  -z, --null                  End each entry with NUL, names unchanged
      --history               Find plain text that earlier commits hold under names that are to be encrypted
`

const ADD = `Encrypts the key to GPG users and commits it, so that they can unlock their clones.

Usage: waxseal git add-gpg-user [FLAGS] USER...

${KEY}  -n, --no-commit             Stage, do not commit
      --trusted               Also to keys that your web of trust does not vouch for: compare fingerprints first
      --openpgp-key FILE      Public key of a user, without gpg; repeatable
`

const RM = `Removes users' copies of the key and commits that. They still have the key: rotate-key is the other half.

Usage: waxseal git rm-gpg-user [FLAGS] USER...

${KEY}  -n, --no-commit             Stage, do not commit
`

const LS = `Lists who has the key, one line a user: key, fingerprint, name.

Usage: waxseal git ls-gpg-users [FLAGS]

${KEY}`

const ROTATE = `Makes a new key, encrypts all files of this commit with it, gives it to the users that are left, and commits that.
Earlier commits stay readable with the former key, so change the secrets themselves too.

Usage: waxseal git rotate-key [FLAGS]

${KEY}      --trusted               Also to keys that your web of trust does not vouch for: compare fingerprints first
      --openpgp-key FILE      Public key of a user, without gpg; repeatable
`

const EXPORT = `Writes the key to a file that only you can read. Whoever has it can open everything: keep it out of git.

Usage: waxseal git export-key [FLAGS] FILE|-

${KEY}`

const plain = (what: string, usage: string, flags = ''): string =>
  `${what}\n\nUsage: waxseal git ${usage}\n${flags === '' ? '' : `\n${flags}`}`

const FILTER = `      --key-name NAME         A named key instead of the default one
      --key-file FILE         A key file instead of the key of this clone
`
const LOCKED = `      --locked                Without a key: ciphertext passes, plain text is refused
`

export const GIT_PAGES: Readonly<Record<string, string>> = {
  '': GENERAL,
  init: INIT,
  unlock: UNLOCK,
  lock: LOCK,
  status: STATUS,
  'add-gpg-user': ADD,
  'rm-gpg-user': RM,
  'ls-gpg-users': LS,
  'rotate-key': ROTATE,
  'export-key': EXPORT,
  keygen: plain('Writes a new key to a file that is not there yet, or to standard output.', 'keygen FILE|-'),
  'migrate-key': plain('Turns a key from before git-crypt 0.4 into one of today.', 'migrate-key OLD NEW'),
  refresh: plain('Sets git up anew with this waxseal, and decrypts what still is ciphertext.', 'refresh'),
  guard: plain(
    'Installs a pre-commit hook that stops plain text where ciphertext belongs, and in a locked clone the filter for it.',
    'guard [FLAGS]',
    '      --check                 What the hook runs: look at what is staged\n',
  ),
  process: plain("git's long-running filter: filter.git-crypt.process.", 'process [FLAGS]', FILTER + LOCKED),
  clean: plain(
    'Encrypts standard input to standard output: filter.git-crypt.clean.',
    'clean [FLAGS] [NAME]',
    FILTER + LOCKED,
  ),
  smudge: plain(
    'Decrypts standard input to standard output: filter.git-crypt.smudge.',
    'smudge [FLAGS] [NAME]',
    FILTER + LOCKED,
  ),
  diff: plain('Prints a file decrypted: diff.git-crypt.textconv.', 'diff [FLAGS] [FILE]', FILTER),
  merge: plain('Merges encrypted files: merge.git-crypt.driver.', 'merge [FLAGS] BASE OURS THEIRS SIZE NAME', FILTER),
}
