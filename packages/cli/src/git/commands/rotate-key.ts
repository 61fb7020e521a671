import { chmodSync } from 'node:fs'
import { relative } from 'node:path'
import { type KeyEntry, type KeyFile, keyFile, writeKeyFile } from '@waxseal/core/git-crypt'
import { replaceFile } from '../../io/atomic.ts'
import { CliError, systemReason } from '../../messages.ts'
import { noKey } from '../filter/keys.ts'
import { unopened } from '../keys/check.ts'
import { stage } from '../keys/commit.ts'
import { fileNameOf, installedKey, installKey, retireKey } from '../keys/installed.ts'
import { makeKey } from '../keys/make.ts'
import { noteOnlyCopy } from '../keys/only-copy.ts'
import { type SharedKey, sharedKeys } from '../keys/shared.ts'
import { fileRecipients, gpgRecipients, type Recipient } from '../openpgp/recipients.ts'
import { expectArguments, KEY_FLAG, keyName } from '../options.ts'
import { checkOut } from '../repo/checkout.ts'
import { configureFilter } from '../repo/config.ts'
import { secretFiles } from '../repo/files.ts'
import { rawPathOf, shownPath } from '../repo/raw-path.ts'
import { reencryptAbsent } from '../repo/reencrypt.ts'
import { openRepository, type Repository } from '../repo/repository.ts'
import { stageEncrypted } from '../repo/restage.ts'
import { refuseDirty } from '../repo/worktrees.ts'
import type { GitCommand } from '../tools.ts'

/**
 * Replaces the key. While it works, the installed key file holds the new entry over the old ones, with which everything opens whatever is
 * interrupted, and running it again goes on; in the end only the new entry is there, as version 0, since git-crypt reads no other.
 */
export const rotateKey: GitCommand = {
  flags: { ...KEY_FLAG, trusted: { type: 'bool' }, 'openpgp-key': { type: 'array' } },
  async run({ context, self, git }, flags) {
    expectArguments(flags)
    const repository = openRepository({ git })
    const name = keyName(flags)
    const old = installedKey(repository, name)
    if (old === undefined) throw noKey(name)
    const step = nextStep(old)
    if (!step.isResumed) refuseDirty(repository, 'rotate-key', 'commit or stash them first')
    const copies = sharedKeys(repository, { name })
    const recipients = await allRecipients(
      repository,
      copies,
      await fileRecipients(flags.list('openpgp-key')),
      flags.bool('trusted'),
    )
    const encrypted = await Promise.all(recipients.map((each) => each.encrypt(writeKeyFile(step.final))))

    configureFilter(repository.git, name, self)
    checkOut(repository, [name], 'plaintext')
    installKey(repository, step.between)
    const count = reencrypt(repository, step.final, step.between)
    for (const [index, { path }] of copies.entries()) replaceCopy(path, encrypted[index] ?? new Uint8Array())
    if (copies.length > 0)
      stage(
        repository.git,
        copies.map(({ path }) => rawPathOf(relative(repository.top, path))),
      )
    commit(repository, name, count)
    retireKey(repository, keyFile(name, step.old))
    installKey(repository, step.final)
    if (copies.length === 0) noteOnlyCopy(repository, name)
    context.stderr.write(report(name, count, recipients))
  },
}

interface Step {
  readonly old: readonly KeyEntry[]
  /** New over old. */
  readonly between: KeyFile
  /** New alone. */
  readonly final: KeyFile
  readonly isResumed: boolean
}

/** A key file with several entries is what an interrupted rotation leaves: its first entry is the new one. */
function nextStep(key: KeyFile): Step {
  const [first, ...rest] = key.entries
  const isResumed = rest.length > 0
  const fresh = isResumed ? first : makeKey(key.name).entries[0]
  const old = isResumed ? rest : key.entries
  const version = Math.max(...old.map((entry) => entry.version)) + 1
  return {
    old,
    between: keyFile(key.name, [{ ...fresh, version }, ...old]),
    final: keyFile(key.name, [{ ...fresh, version: 0 }]),
    isResumed,
  }
}

/**
 * One recipient for each copy, in order. Trust is asked for again: anybody who can push can put a file with a fingerprint of theirs among
 * the copies, and must not be handed the new key for it.
 */
async function allRecipients(
  repository: Repository,
  copies: readonly SharedKey[],
  fromFiles: readonly Recipient[],
  isTrusted: boolean,
): Promise<readonly Recipient[]> {
  return copies.map(({ fingerprint }) => {
    const known = fromFiles.find((each) => each.fingerprint === fingerprint)
    if (known !== undefined) return known
    const [recipient] = gpgRecipients(repository, [`0x${fingerprint}`], isTrusted)
    if (recipient === undefined) throw new CliError(`no GPG key found for ${fingerprint}`)
    return recipient
  })
}

/** Returns how many files. Throws before anything is committed where one does not open with the new key alone. */
function reencrypt(repository: Repository, final: KeyFile, between: KeyFile): number {
  const files = secretFiles(repository.git).filter(({ keyName, stage }) => keyName === final.name && stage === 0)
  const absent = reencryptAbsent(repository, files, between)
  const present = files.map(({ path }) => path).filter((path) => !absent.has(path))
  const { failed } = stageEncrypted(repository, present)
  const renewed = secretFiles(repository.git).filter(({ keyName, stage }) => keyName === final.name && stage === 0)
  const [bad] = [...failed, ...unopened(repository, [final], renewed)]
  if (bad === undefined) return files.length
  throw new CliError(`${shownPath(bad.path)}: could not be encrypted with the new key; nothing was committed`, {
    hint: 'both keys are installed, so that everything stays readable; when it is mended, run rotate-key again',
  })
}

function replaceCopy(path: string, content: Uint8Array): void {
  try {
    replaceFile(path, content, { bits: 0o644, exact: false })
    chmodSync(path, 0o644)
  } catch (error) {
    throw new CliError(`${path}: ${systemReason(error)}`, { cause: error })
  }
}

/** The whole index: it held nothing but what is committed when this began. */
function commit({ git }: Repository, name: string | undefined, count: number): void {
  if (git.attempt(['diff-index', '--cached', '--quiet', 'HEAD']).status === 0) return
  const files = count === 1 ? '1 file' : `${count} files`
  const message = `Rotate the git-crypt key "${fileNameOf(name)}"\n\nEncrypts ${files} anew. Earlier commits stay readable with the former key.\n`
  git.run(['commit', '-q', '-F', '-'], { input: Buffer.from(message) })
}

function report(name: string | undefined, count: number, recipients: readonly Recipient[]): string {
  const list = recipients.map(({ fingerprint, uid }) => `  ${fingerprint} ${uid}\n`).join('')
  const given =
    list === ''
      ? 'Nobody else has the new key yet: waxseal git export-key, or add-gpg-user.\n'
      : `It was given to:\n${list}`
  return `The key "${fileNameOf(name)}" is new, and ${count} ${count === 1 ? 'file is' : 'files are'} encrypted with it.
${given}Exported copies of the former key are useless for what comes now: export it again where CI needs it.
Earlier commits stay readable to everybody who has the former key: change the secrets themselves.
Other branches keep the former key until they have this commit.
`
}
