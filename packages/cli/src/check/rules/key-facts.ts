/** What is known of a certificate that was given. */
export interface KeyFacts {
  readonly fingerprint: string
  /** Size of the modulus. */
  readonly bits: number
}
