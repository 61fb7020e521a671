export const VERSION = `Prints the version, as waxseal --version does.

Usage: waxseal version [FLAGS]

  -o, --output json|yaml        Print also the Node that runs it, and the platform

Examples:
  waxseal version
  waxseal version -o json
`
