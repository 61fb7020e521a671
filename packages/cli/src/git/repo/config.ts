/** The filter in git's configuration: what makes git call waxseal. */
import { CliError } from '../../messages.ts'
import { driverOf } from './drivers.ts'
import { type Git, gitFailure, isLockedByAnother } from './git.ts'

/** Another git holds the lock of the configuration for milliseconds only. */
const ATTEMPTS = 20
const PAUSE_MS = 50

/**
 * Has git encrypt and decrypt with this key. `clean`, `smudge` and `required` stand beside `process`, which git prefers: git-crypt takes
 * them over, and its `lock` removes the section only if it finds them.
 */
export function configureFilter(git: Git, name: string | undefined, self: readonly string[]): void {
  const call = caller(self, name)
  write(git, name, {
    filter: {
      required: 'true',
      clean: `${call('clean')} -- %f`,
      smudge: `${call('smudge')} -- %f`,
      process: call('process'),
    },
    diff: { textconv: textconv(call('diff')) },
    merge: { name: 'encrypted files', driver: `${call('merge')} -- %O %A %B %L %P` },
  })
}

/** Leaves a locked clone in which ciphertext passes and a secret cannot be staged as plain text. */
export function configureGuard(git: Git, name: string | undefined, self: readonly string[]): void {
  const call = caller(self, name)
  for (const section of ['diff', 'merge']) removeSection(git, `${section}.${driverOf(name)}`)
  write(git, name, {
    filter: {
      required: 'true',
      clean: `${call('clean')} --locked -- %f`,
      smudge: 'cat',
      process: `${call('process')} --locked`,
    },
  })
}

export function removeFilter(git: Git, name: string | undefined): void {
  for (const section of ['diff', 'merge', 'filter']) removeSection(git, `${section}.${driverOf(name)}`)
}

/** Whether git is set up to call anything for this key. */
export const isConfigured = (git: Git, name: string | undefined): boolean =>
  git.attempt(['config', '--local', '--get', `filter.${driverOf(name)}.clean`]).status === 0

/** Settings under which git neither encrypts nor decrypts: files are what their blobs are. */
export function rawSettings(names: readonly (string | undefined)[]): readonly string[] {
  return names.flatMap((name) =>
    ['process=', 'clean=', 'smudge=', 'required=false'].flatMap((each) => ['-c', `filter.${driverOf(name)}.${each}`]),
  )
}

type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>

function write(git: Git, name: string | undefined, settings: Settings): void {
  for (const [section, values] of Object.entries(settings)) {
    for (const [key, value] of Object.entries(values)) {
      retrying(git, ['config', '--local', '--replace-all', `${section}.${driverOf(name)}.${key}`, value])
    }
  }
}

/** Exit code 128: there is no such section. */
function removeSection(git: Git, section: string): void {
  const present = git.attempt(['config', '--local', '--get-regexp', `^${section}\\.`]).status === 0
  if (present) retrying(git, ['config', '--local', '--remove-section', section])
}

function retrying(git: Git, args: readonly string[]): void {
  for (let attempt = 1; ; attempt++) {
    const outcome = git.attempt(args)
    if (outcome.status === 0) return
    if (!isLockedByAnother(outcome.stderr.toString('utf8')) || attempt === ATTEMPTS) throw gitFailure(args, outcome)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
  }
}

/** Commands run by git through a shell. */
function caller(self: readonly string[], name: string | undefined): (command: string) => string {
  if (self.some((part) => part === '')) throw new CliError('waxseal does not know where it is installed')
  const program = self.map((part) => quote(part.replaceAll('\\', '/'))).join(' ')
  const option = name === undefined ? '' : ` --key-name=${name}`
  return (command) => `${program} git ${command}${option}`
}

/**
 * git hands over decrypted files mostly, once a file and version: a shell sees that sooner than Node starts. Only what looks encrypted
 * goes to waxseal.
 */
function textconv(command: string): string {
  return `f() { if grep -qF GITCRYPT -- "$1"; then exec ${command} -- "$1"; else exec cat -- "$1"; fi; }; f`
}

export const quote = (word: string): string =>
  /^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
