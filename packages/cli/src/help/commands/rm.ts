import { CHOICE } from '../shared.ts'

export const RM: string = `Removes keys of a SealedSecret in its file. Everything else in the file stays as it is, byte for byte.

Usage: waxseal rm [FLAGS] FILE KEY...

A key that is not there is an error, and nothing is removed then. The last one may go, with a warning. With - as FILE the
manifest comes from standard input and goes to standard output.

${CHOICE}
Examples:
  waxseal rm sealed.yaml password
  waxseal rm --name db -n shop all.yaml old-token older-token
`
