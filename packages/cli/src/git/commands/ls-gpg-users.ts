import type { Gpg } from '../../openpgp/gpg.ts'
import { fileNameOf } from '../keys/installed.ts'
import { sharedKeys } from '../keys/shared.ts'
import { gpgOf } from '../openpgp/repository-gpg.ts'
import { expectArguments, KEY_FLAG, keyName } from '../options.ts'
import { visible } from '../repo/raw-path.ts'
import { openRepository } from '../repo/repository.ts'
import type { GitCommand } from '../tools.ts'

/** One line a user: key, fingerprint, and the name where gpg knows it. */
export const lsGpgUsers: GitCommand = {
  flags: KEY_FLAG,
  run(tools, flags) {
    expectArguments(flags)
    const repository = openRepository(tools)
    const copies = sharedKeys(repository, flags.given('key-name') ? { name: keyName(flags) } : undefined)
    const gpg = gpgOf(repository)
    const lines = copies.map(({ name, fingerprint }) => {
      const uid = nameOf(gpg, fingerprint)
      return `${fileNameOf(name)} ${fingerprint}${uid === undefined ? '' : ` ${visible(uid)}`}\n`
    })
    tools.context.stdout.write(lines.join(''))
  },
}

/** Undefined where gpg is missing or does not know the key: the fingerprint says all that matters. */
export function nameOf(gpg: Gpg, fingerprint: string): string | undefined {
  try {
    return gpg.publicKeys(`0x${fingerprint}`)[0]?.uid
  } catch {
    return undefined
  }
}
