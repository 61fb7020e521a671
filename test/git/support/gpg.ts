import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Repo, World } from './world.ts'

const VECTORS = new URL('../../vectors/git-crypt/', import.meta.url)

export const vectorPath = (path: string): string => new URL(path, VECTORS).pathname
export const vectorBytes = (path: string): Buffer => readFileSync(new URL(path, VECTORS))

/** The test users of the vectors: alice (Curve25519, no passphrase), bob (RSA, with one). */
export const ALICE = '97FF2376DEF26A80905A6E248D3C4A865984A11E'
export const BOB = '34CE9F9E1FE23E293C952053A9CB8F886B0FA1F8'
export const BOBS_PASSPHRASE = 'correct horse'

/** Runs gpg in the world's own key ring; throws when it fails. */
export function gpg(repo: Repo, ...args: readonly string[]): string {
  const { code, out, err } = repo.run('gpg', ['--batch', '--yes', '--no-tty', ...args])
  if (code !== 0) throw new Error(`gpg ${args.join(' ')}: ${err}`)
  return out
}

/** Imports a key and trusts it fully, as a person who checked the fingerprint does. */
export function importKey(repo: Repo, file: string, fingerprint?: string): void {
  gpg(repo, '--import', file)
  if (fingerprint === undefined) return
  const { code, err } = repo.run('gpg', ['--batch', '--import-ownertrust'], { input: `${fingerprint}:6:\n` })
  if (code !== 0) throw new Error(err)
}

/** A new key without passphrase; returns its fingerprint. `parameters`: lines of a batch file. */
export function makeUser(repo: Repo, name: string, parameters: readonly string[] = CURVE25519): string {
  const batch = [
    '%no-protection',
    ...parameters,
    `Name-Real: ${name}`,
    `Name-Email: ${name}@example.test`,
    '%commit',
    '',
  ]
  const { code, err } = repo.run('gpg', ['--batch', '--gen-key'], { input: batch.join('\n') })
  if (code !== 0) throw new Error(err)
  const listing = gpg(repo, '--with-colons', '--fingerprint', '--list-keys', `${name}@example.test`)
  return /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1] ?? ''
}

const CURVE25519 = ['Key-Type: eddsa', 'Key-Curve: ed25519', 'Subkey-Type: ecdh', 'Subkey-Curve: cv25519']
export const NIST = ['Key-Type: ecdsa', 'Key-Curve: nistp256', 'Subkey-Type: ecdh', 'Subkey-Curve: nistp256']
export const RSA = ['Key-Type: rsa', 'Key-Length: 2048', 'Subkey-Type: rsa', 'Subkey-Length: 2048']
export const SIGN_ONLY = ['Key-Type: eddsa', 'Key-Curve: ed25519', 'Key-Usage: sign']

export function exportKey(world: World, repo: Repo, fingerprint: string, kind: 'public' | 'secret'): string {
  const path = world.path(`${fingerprint}.${kind}.asc`)
  gpg(repo, '--armor', '--output', path, kind === 'public' ? '--export' : '--export-secret-keys', fingerprint)
  return path
}

/** An environment in which there is no gpg: a folder with git and node alone. */
export function withoutGpg(world: World, repo: Repo): Readonly<Record<string, string>> {
  const bin = world.path('bin')
  repo.run('sh', [
    '-c',
    `mkdir -p '${bin}' && for p in git sh cat head grep; do ln -sf "$(command -v $p)" '${bin}/'; done`,
  ])
  return { PATH: bin }
}

/** Has gpg-agent ask a program that always gives one answer, in the protocol of pinentry. */
export function usePinentry({ env }: World, answer: string): void {
  // Beside the keys: the agent takes no path with spaces.
  const program = join(env.GNUPGHOME ?? '', 'pinentry')
  const script = `#!/bin/sh
echo OK
while read -r command rest; do
  case "$command" in
    GETPIN) echo '${answer}'; case '${answer}' in ERR*) ;; *) echo OK ;; esac ;;
    BYE) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
`
  writeFileSync(program, script, { mode: 0o755 })
  writeFileSync(join(env.GNUPGHOME ?? '', 'gpg-agent.conf'), `pinentry-program ${program}\nmax-passphrase-days 0\n`)
}
