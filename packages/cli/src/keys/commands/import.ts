import { readPrivateKeys } from '@waxseal/core'
import type { Command } from '../../commands/command.ts'
import { refuseArguments } from '../../commands/options.ts'
import { readCertificatePem } from '../../io/x509.ts'
import { CliError, UsageError, within } from '../../messages.ts'
import { REPORT } from '../../output/report.ts'
import { describeKeys } from '../key-info.ts'
import { noKeysYet, STORE_FLAGS, withStore } from '../options.ts'
import { reporting } from '../report.ts'

const LIMIT = 1024 * 1024

/** A key pair of one's own becomes a key of the controller. */
export const importKey: Command = {
  flags: {
    ...STORE_FLAGS,
    cert: { type: 'string' },
    key: { type: 'string', letter: 'k' },
    name: { type: 'string' },
    'dry-run': { type: 'bool' },
    ...REPORT.flags,
  },
  async run(context, flags) {
    refuseArguments(flags)
    const [certificatePath, keyPath] = [flags.string('cert'), flags.string('key')]
    if (certificatePath === undefined || keyPath === undefined)
      throw new UsageError('--cert FILE and --key FILE are needed')
    const text = (path: string): string => new TextDecoder().decode(context.files.read(path, LIMIT))
    const [certificatePem, privateKeyPem] = [text(certificatePath), text(keyPath)]
    const fingerprint = await matching({ certificatePath, keyPath, certificatePem, privateKeyPem })
    await withStore(context, flags, async (store) => {
      const known = (await describeKeys(await store.list().catch(noKeysYet))).find(
        (key) => key.fingerprint === fingerprint,
      )
      if (known !== undefined) {
        throw new CliError(
          `${store.title} has this key already: ${known.stored.name}, ${known.stored.state || 'without label'}`,
          {
            hint: `waxseal keys activate ${known.stored.name} makes it seal and open`,
          },
        )
      }
      const output = REPORT.of(flags)
      if (flags.bool('dry-run')) {
        context.stderr.write(`${fingerprint} would be added to ${store.title} (dry run)\n`)
        const entry = { name: flags.string('name'), fingerprint, state: 'active', result: 'added' } as const
        return reporting(context, output, async (tell) => tell(entry))
      }
      const added = {
        name: flags.string('name'),
        state: 'active',
        labels: {},
        annotations: {},
        certificatePem,
        privateKeyPem,
      } as const
      const { name } = await store.create(added)
      if (output === undefined) context.stdout.write(`${name}\n`)
      context.stderr.write(`added to ${store.title}: ${fingerprint}. Back it up: waxseal keys backup\n`)
      await reporting(context, output, async (tell) => tell({ name, fingerprint, state: 'active', result: 'added' }))
    })
  },
}

interface Pair {
  readonly certificatePath: string
  readonly keyPath: string
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** The fingerprint of both. */
async function matching({ certificatePath, keyPath, certificatePem, privateKeyPem }: Pair): Promise<string> {
  const certificate = await readCertificatePem(certificatePem).catch((error: unknown) => {
    throw within(certificatePath, error)
  })
  const { keys, skipped } = await readPrivateKeys(privateKeyPem)
  if (keys.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) return certificate.fingerprint
  if (keys.length === 0) throw new CliError(`${keyPath}: ${skipped[0] ?? 'no private key in this file'}`)
  throw new CliError(`${certificatePath} and ${keyPath} do not belong together`, {
    hint: 'values sealed with that certificate would open with no key here',
  })
}
