/** Who of several replicas works. */

/** Whether this process may write, and for how long yet. */
export interface Leadership {
  /** Milliseconds for which nobody else can have taken over; 0 when this process does not lead. */
  readonly remainingMs: number
  /**
   * Calls `lead` whenever this process becomes the leader; `term` aborts when it must stop. Resolves when `signal` aborts and the last
   * `lead` has returned, having handed the leadership over. `lead` must not reject.
   */
  run(signal: AbortSignal, lead: (term: AbortSignal) => Promise<void>): Promise<void>
}

/** A process that is alone: a folder, `--once`, or `--leader-elect=false`. */
export const alone: Leadership = {
  remainingMs: Number.POSITIVE_INFINITY,
  run: (signal, lead) => lead(signal),
}
