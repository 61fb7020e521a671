export const KEYS: string = `Usage: waxseal keys COMMAND

Commands:
  generate    Make a key pair and its certificate

Examples:
  waxseal keys generate
  waxseal keys generate --help
`
