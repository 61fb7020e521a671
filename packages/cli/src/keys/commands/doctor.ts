import { join } from 'node:path'
import type { Api } from '../../cluster/service.ts'
import type { Command } from '../../commands/command.ts'
import { clusterOptions, refuseArguments } from '../../commands/options.ts'
import type { Context } from '../../context.ts'
import { fs } from '../../io/platform.ts'
import { CliError } from '../../messages.ts'
import { outputOf, writeData } from '../../output/format.ts'
import { checkClock, checkEverybody, checkOwnRights, checkReaders, checkSealedSecrets } from '../doctor/cluster.ts'
import { type Finding, ok, warning } from '../doctor/finding.ts'
import { checkKeys } from '../doctor/keys.ts'
import { describeKeys } from '../key-info.ts'
import { noKeysYet, STORE_FLAGS, withStore } from '../options.ts'

const OUTPUT = outputOf('text', 'json', 'yaml')

/** Looks for what will cost secrets one day: keys without a backup, too old, open to others. Changes nothing. */
export const doctor: Command = {
  flags: { ...STORE_FLAGS, ...OUTPUT.flags },
  async run(context, flags) {
    refuseArguments(flags)
    const output = OUTPUT.of(flags) ?? 'text'
    const directory = flags.string('directory')
    const findings: Finding[] = []
    await withStore(context, flags, async (store) => {
      findings.push(...checkKeys(await describeKeys(await store.list().catch(noKeysYet)), context.now()))
    })
    if (directory === undefined) {
      const options = clusterOptions(flags)
      const api = await context.connectApi(options)
      findings.push(...(await checkCluster(context, api, options.controllerNamespace).finally(() => void api.close())))
    } else findings.push(...checkModes(join(directory, 'keys')))
    const entries = findings.map(({ level, text, hint }) => ({ level, text, hint: hint ?? null }))
    context.stdout.write(output === 'text' ? findings.map(lineOf).join('') : await writeData(output, entries))
    const errors = findings.filter(({ level }) => level === 'error').length
    if (errors > 0)
      throw new CliError(`${errors} of ${findings.length} checks failed`, { hint: 'each says what to do about it' })
  },
}

const lineOf = ({ level, text, hint }: Finding): string =>
  `${level.padEnd(8)} ${text}${hint === undefined ? '' : `: ${hint}`}\n`

async function checkCluster(context: Context, api: Api, namespace: string): Promise<readonly Finding[]> {
  return [
    await checkClock(api, context.now),
    ...(await checkOwnRights(api, namespace)),
    ...(await checkEverybody(api, namespace)),
    await checkReaders(api, namespace),
    await checkSealedSecrets(api),
  ]
}

/** Other people of the machine. */
function checkModes(folder: string): readonly Finding[] {
  if (process.platform === 'win32' || !fs.existsSync(folder)) return []
  const isOpen = (path: string): boolean => (fs.statSync(path).mode & 0o077) !== 0
  const files = fs.readdirSync(folder).filter((name) => !name.endsWith('.crt'))
  const open = isOpen(folder) ? files.map((name) => join(folder, name)).filter(isOpen) : []
  if (open.length === 0) return [ok('only you can read the keys')]
  return [warning(`others on this machine can read ${open.join(', ')}`, 'chmod go= takes that away')]
}
