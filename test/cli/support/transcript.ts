/** Transcripts of the real kubeseal: what they say, and how one is played back. See test/vectors/README.md. */
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isObject } from '@waxseal/core'
import { type Result, run } from './bin.ts'
import type { Expected } from './expected.ts'

const VECTORS: string = fileURLToPath(new URL('../../vectors', import.meta.url))
export const KEYS: string = join(VECTORS, 'keys')

type Content = string | { base64: string } | { copy: string } | { repeat: string; count: number } | { link: string }

export interface Outcome {
  readonly exitCode?: number | 'nonzero' | null
  readonly stdout?: string | Expected
  readonly stdoutRegex?: string
  readonly stderrRegex?: string
  readonly outputRegex?: string
  readonly filesAfter?: Readonly<Record<string, string | Expected | null>>
}

export interface Transcript extends Outcome {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Content
  readonly files?: Readonly<Record<string, Content>>
  readonly bug?: string
  readonly hangs?: boolean
  readonly better?: readonly Outcome[]
}

export function loadTranscripts(file: string): readonly Transcript[] {
  const parsed: unknown = JSON.parse(readFileSync(join(VECTORS, 'cli', file), 'utf8'))
  if (!areTranscripts(parsed)) throw new Error(`${file}: a list of transcripts was expected`)
  return parsed
}

function areTranscripts(value: unknown): value is readonly Transcript[] {
  return Array.isArray(value) && value.every((each) => isObject(each) && typeof each.name === 'string')
}

export const TRANSCRIPT_FILES: readonly string[] = readdirSync(join(VECTORS, 'cli')).filter(
  (file) => file.endsWith('.json') && file !== 'flag-list.json',
)

/** Outcomes that count as right: the recorded one, unless it is a bug, and those that are as good or better. */
export function acceptable(transcript: Transcript): readonly Outcome[] {
  const isWrong = transcript.bug !== undefined || transcript.hangs === true
  return [...(isWrong ? [] : [transcript]), ...(transcript.better ?? [])]
}

export interface Played {
  readonly result: Result
  /** Every file in the folder afterwards, by its path there. */
  readonly files: ReadonlyMap<string, Buffer>
  /** Replaces `$DIR` and `$KEYS`. */
  readonly expand: (text: string) => string
}

/** Plays a transcript in an empty folder that is also HOME. */
export async function play(transcript: Transcript): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-transcript-'))
  const expand = (text: string) => text.replaceAll('$DIR', folder).replaceAll('$KEYS', KEYS)
  try {
    for (const [path, content] of Object.entries(transcript.files ?? {})) place(join(folder, path), content, expand)
    const env = Object.fromEntries(Object.entries(transcript.env ?? {}).map(([key, value]) => [key, expand(value)]))
    const stdin = transcript.stdin === undefined ? '' : bytesOf(transcript.stdin, expand)
    const result = await run('kubeseal', transcript.args.map(expand), { cwd: folder, env, stdin })
    return { result, files: snapshot(folder), expand }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function place(path: string, content: Content, expand: (text: string) => string): void {
  mkdirSync(dirname(path), { recursive: true })
  if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, path)
  else if (typeof content === 'object' && 'copy' in content) cpSync(join(KEYS, content.copy), path)
  else writeFileSync(path, bytesOf(content, expand))
}

export function bytesOf(content: Content, expand: (text: string) => string): Buffer {
  if (typeof content === 'string') return Buffer.from(expand(content))
  if ('base64' in content) return Buffer.from(content.base64, 'base64')
  if ('repeat' in content) return Buffer.from(content.repeat.repeat(content.count))
  if ('copy' in content) return readFileSync(join(KEYS, content.copy))
  throw new Error('a link has no content')
}

function snapshot(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!lstatSync(join(folder, path)).isDirectory()) files.set(path, readFileSync(join(folder, path)))
  }
  return files
}
