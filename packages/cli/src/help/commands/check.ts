export const CHECK: string = `Looks for secrets that are not sealed, and for SealedSecrets that will not open, without a cluster or a private key.

Usage: waxseal check [FLAGS] [PATH...]

Goes through folders (default: this one) as git sees them: what .gitignore excludes, .git and node_modules are left out.
Files named are always checked; - is standard input. Findings go to standard output, a summary to standard error.

      --cert FILE               Certificate of a key that is in use, repeatable: finds values sealed for any other key, and
                                certificates that have expired or will within 30 days
  -o, --output text|json|yaml|name|sarif|github
                                text (default); name prints the files with findings, sarif is for code scanning, github
                                annotates in GitHub Actions
      --format text|json|yaml|name|sarif|github
                                Same as --output
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
