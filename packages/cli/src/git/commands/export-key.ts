import { writeKeyFile } from '@waxseal/core/git-crypt'
import { noKey } from '../filter/keys.ts'
import { replaceKeyBytes } from '../keys/file.ts'
import { installedKey } from '../keys/installed.ts'
import { forgetOnlyCopy } from '../keys/only-copy.ts'
import { expectArguments, KEY_FLAG, keyName } from '../options.ts'
import { openRepository } from '../repo/repository.ts'
import type { GitCommand } from '../tools.ts'

export const exportKey: GitCommand = {
  flags: KEY_FLAG,
  run(tools, flags) {
    const [path = ''] = expectArguments(flags, 'FILE, or - for standard output')
    const repository = openRepository(tools)
    const name = keyName(flags)
    const key = installedKey(repository, name)
    if (key === undefined) throw noKey(name)
    if (path === '-') tools.context.stdout.write(writeKeyFile(key))
    else replaceKeyBytes(path, writeKeyFile(key))
    forgetOnlyCopy(repository, name)
  },
}
