const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  /** The signal that came, if any. */
  readonly signal: (typeof SIGNALS)[number] | undefined
  /** Signals end the program again. */
  end(): void
}

/** Keeps signals from ending the program in the middle of a file: whoever works asks between files. A second one ends it at once. */
export function interruptible(): Interruption {
  let signal: Interruption['signal']
  const listener = (name: (typeof SIGNALS)[number]): void => {
    signal = name
    end()
  }
  const end = (): void => {
    for (const name of SIGNALS) process.off(name, listener)
  }
  for (const name of SIGNALS) process.on(name, listener)
  return {
    get signal() {
      return signal
    },
    end,
  }
}
