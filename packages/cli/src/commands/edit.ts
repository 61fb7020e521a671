import { editFile } from '../inplace/edit/session.ts'
import { checkFile, TARGET_FLAGS, targetChoice } from '../inplace/options.ts'
import { endingOf } from '../inplace/report.ts'
import { loadSealingCertificate } from '../io/certificate.ts'
import { loadKeys } from '../io/keys.ts'
import { UsageError } from '../messages.ts'
import type { Command } from './command.ts'
import { CERT_FLAGS, clusterOptions, isStdin, KEY_FLAGS, requiredKeys } from './options.ts'

/** Keys and certificate are got before the editor opens: nobody shall edit what cannot be sealed then. */
export const edit: Command = {
  flags: { ...CERT_FLAGS, ...TARGET_FLAGS, ...KEY_FLAGS },
  async run(context, flags) {
    const [path, ...others] = flags.positional
    if (path === undefined || others.length > 0) throw new UsageError('one FILE is needed')
    if (isStdin(path)) throw new UsageError('a FILE is needed: the editor has standard input and output for itself')
    checkFile(context, path)
    const keys = requiredKeys(flags)
    const ending = endingOf(flags, { isStream: false })
    if (!ending.dryRun) context.files.checkWritable(path)
    const ring = await loadKeys(context, keys)
    const certificate = { cert: flags.string('cert'), cluster: clusterOptions(flags) }
    const { sealingKey } = await loadSealingCertificate(context, certificate)
    await editFile(context, { path, choice: targetChoice(flags), ring, sealingKey, ending })
  },
}
