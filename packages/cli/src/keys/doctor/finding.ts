/** What `keys doctor` says of one thing that it looked at. */
export interface Finding {
  /** `unknown`: it could not be looked at. */
  readonly level: 'ok' | 'warning' | 'error' | 'unknown'
  readonly text: string
  /** What to do about it. */
  readonly hint: string | undefined
}

export const ok = (text: string): Finding => ({ level: 'ok', text, hint: undefined })
export const warning = (text: string, hint: string): Finding => ({ level: 'warning', text, hint })
export const failure = (text: string, hint: string): Finding => ({ level: 'error', text, hint })
export const unknown = (text: string): Finding => ({ level: 'unknown', text, hint: undefined })
