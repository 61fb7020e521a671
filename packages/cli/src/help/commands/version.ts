export const VERSION = `Prints the version, as waxseal --version does.

Usage: waxseal version

Examples:
  waxseal version
  waxseal --version
`
