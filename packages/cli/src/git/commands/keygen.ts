import { writeKeyFile } from '@waxseal/core/git-crypt'
import { createKeyFile } from '../keys/file.ts'
import { makeKey } from '../keys/make.ts'
import { expectArguments } from '../options.ts'
import type { GitCommand } from '../tools.ts'

export const keygen: GitCommand = {
  flags: {},
  run({ context }, flags) {
    const [path = ''] = expectArguments(flags, 'FILE, or - for standard output')
    context.stderr.write('Generating key...\n')
    const bytes = writeKeyFile(makeKey(undefined))
    if (path === '-') context.stdout.write(bytes)
    else createKeyFile(path, bytes)
  },
}
