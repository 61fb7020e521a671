/** One file on its way through the filter: bytes in, then all of the result or an error, never part of one. */
export interface Conversion {
  /** The next bytes; the buffer may be reused afterwards. */
  write(chunk: Uint8Array): void
  /**
   * The input is complete. Throws WaxsealError or CliError, without a file name, when there is no result; only the result's size on disk
   * can still make the iteration fail.
   */
  finish(): Converted
  /** Frees memory and temporary files, whatever happened. */
  close(): void
}

export interface Converted {
  /** A piece is valid until the next one is asked for. */
  readonly output: Iterable<Uint8Array>
  /** For the person, without the file's name. */
  readonly warning?: string
}
