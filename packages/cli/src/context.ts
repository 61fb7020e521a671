/** What commands may touch. They get it passed in, so that each is tested without a process, a clock or a network. */
import type { Cluster, ClusterOptions } from './cluster/cluster.ts'
import type { Api } from './cluster/service.ts'
import type { SealingThreads } from './sealing/threads.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface Input {
  readonly isTerminal: boolean
  /** Everything up to the end; CliError past `limit` bytes. */
  read(limit: number): Uint8Array
}

export interface Output {
  /** Writes all of it, or throws: ClosedPipe, or CliError with the reason. */
  write(content: string | Uint8Array): void
  readonly isTerminal: boolean
}

/** Modes of written files. `existing`: keep the mode of a file that is replaced, or set it as for a new one. */
export interface Mode {
  readonly create: number
  readonly existing: 'keep' | 'set'
}

/** All paths are relative to the working folder; every failure is a CliError that names the path. */
export interface Files {
  /** The content of a regular file or pipe; refuses more than `limit` bytes. */
  read(path: string, limit: number): Uint8Array
  /** Whether something is there, be it a dangling link. */
  exists(path: string): boolean
  /** Fails early where a file could not be written at all: its folder is missing, or it is a folder itself. */
  checkWritable(path: string): void
  /** Whether it is a folder, or a link to one. */
  isFolder(path: string): boolean
  /**
   * Replaces the file in one step: readers see the old content or the new, and a failure leaves the old. `check` runs right before that
   * step; what it throws stops it.
   */
  replace(path: string, content: string | Uint8Array, mode: Mode, check?: () => void): void
  /** As `replace`, for many files: other work goes on while the disk takes its time. */
  replaceLater(path: string, content: string | Uint8Array, mode: Mode, check?: () => void): Promise<void>
  /** Makes a new file; refuses when one is there. */
  create(path: string, content: string | Uint8Array, mode: number): void
  remove(path: string): void
  /** Makes a folder, and those above it that are missing, with this mode; one that is there is left as it is. */
  makeFolder(path: string, mode: number): void
}

export interface Http {
  /** The body of a GET as text, bounded in time and size, without following redirects to another host. CliError names the URL. */
  getText(url: string, limit: number): Promise<string>
}

export interface Context {
  readonly env: Env
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly files: Files
  readonly http: Http
  readonly now: () => Date
  /** Loads the Kubernetes client, so only for commands that talk to a cluster. */
  readonly connect: (options: ClusterOptions) => Promise<Cluster>
  /** The API server itself, for what the controller does not answer. */
  readonly connectApi: (options: ClusterOptions) => Promise<Api>
  /** Starts threads that seal for the keys (DER SubjectPublicKeyInfo); where it is missing, values are sealed in this one. */
  readonly sealingThreads?: (spkis: readonly Uint8Array[]) => SealingThreads
}
