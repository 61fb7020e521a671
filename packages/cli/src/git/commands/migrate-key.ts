import { MAX_KEY_FILE, parseLegacyKeyFile, writeKeyFile } from '@waxseal/core/git-crypt'
import { within } from '../../messages.ts'
import { createKeyFile, readKeyBytes } from '../keys/file.ts'
import { expectArguments } from '../options.ts'
import type { GitCommand } from '../tools.ts'

/** From the format before git-crypt 0.4 to the present one; - is standard input or output. */
export const migrateKey: GitCommand = {
  flags: {},
  run({ context }, flags) {
    const [from = '', to = ''] = expectArguments(flags, 'OLD', 'NEW')
    const old = from === '-' ? context.stdin.read(MAX_KEY_FILE) : readKeyBytes(from)
    let key: ReturnType<typeof parseLegacyKeyFile>
    try {
      key = parseLegacyKeyFile(old)
    } catch (error) {
      throw within(from === '-' ? 'standard input' : from, error)
    }
    if (to === '-') context.stdout.write(writeKeyFile(key))
    else createKeyFile(to, writeKeyFile(key))
  },
}
