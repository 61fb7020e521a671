import { checkDataKey, type Plaintext, sealValue } from '@waxseal/core'
import type { Context } from '../context.ts'
import { applyValues } from '../inplace/apply.ts'
import { openInput } from '../inplace/file.ts'
import { changedFile, TARGET_FLAGS, targetChoice } from '../inplace/options.ts'
import { conclude, endingOf } from '../inplace/report.ts'
import { pickTarget } from '../inplace/target.ts'
import { valueFromInput, valueOfFile } from '../inplace/value.ts'
import { loadSealingCertificate } from '../io/certificate.ts'
import { UsageError } from '../messages.ts'
import type { Command } from './command.ts'
import { CERT_FLAGS, clusterOptions, isStdin } from './options.ts'

export const set: Command = {
  flags: { ...CERT_FLAGS, ...TARGET_FLAGS },
  async run(context, flags) {
    const { path, words } = changedFile(context, flags, 'KEY[=PATH]')
    const ending = endingOf(flags, { isStream: path === '-' })
    const sources = sourcesOf(context, path, words)
    const file = await openInput(context, path)
    const target = pickTarget(file, targetChoice(flags))
    const certificate = { cert: flags.string('cert'), cluster: clusterOptions(flags) }
    const { sealingKey } = await loadSealingCertificate(context, certificate)
    const sealed = new Map<string, string>()
    for (const [key, read] of sources) {
      const value = read(`Value for ${key}`)
      sealed.set(key, await sealValue(sealingKey, target.scope, target.namespace, target.name, value))
    }
    const values = { set: sealed, removed: [], sealedWith: sealingKey.fingerprint }
    const text = await applyValues(file, target, values)
    await conclude(context, { file, target, text, done: { set: [...sealed.keys()], removed: [] } }, ending)
  },
}

type Read = (question: string) => Plaintext

/**
 * For each key how its value is got. Files are read at once, so that a missing one fails before anybody is asked for anything; the
 * terminal and standard input come last.
 */
function sourcesOf(context: Context, file: string, words: readonly string[]): ReadonlyMap<string, Read> {
  const sources = new Map<string, Read>()
  let piped = 0
  for (const word of words) {
    const equals = word.indexOf('=')
    const key = equals === -1 ? word : word.slice(0, equals)
    const path = equals === -1 ? '-' : word.slice(equals + 1)
    checkDataKey(key)
    if (sources.has(key)) throw new UsageError(`the key ${key} is given twice`)
    if (path === '') throw new UsageError(`${key}=: a file is to be named after the =, or the = left away`)
    if (isStdin(path)) {
      if (file === '-')
        throw new UsageError(`standard input holds the manifest: name a file for the value, ${key}=PATH`)
      piped += 1
      sources.set(key, (question) => valueFromInput(context, question))
    } else {
      const value = valueOfFile(context, `${key}=`, path)
      sources.set(key, () => value)
    }
  }
  if (piped > 1 && !context.stdin.isTerminal) {
    throw new UsageError('standard input holds one value: name a file for each other key, KEY=PATH')
  }
  return sources
}
