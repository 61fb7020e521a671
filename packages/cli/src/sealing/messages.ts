/** What is said to the threads that seal, and what they say. */

/** `keys` comes once and first: DER SubjectPublicKeyInfo of the keys to seal for. */
export type SealingRequest = { readonly kind: 'keys'; readonly spkis: readonly Uint8Array[] } | SealingOrder

/** Values of one label, one after the other in `bytes`. */
export interface SealingOrder {
  readonly kind: 'seal'
  readonly id: number
  /** Which of the keys. */
  readonly key: number
  readonly label: Uint8Array
  readonly lengths: readonly number[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The sealed values in base64, in their order. */
export interface SealingReply {
  readonly id: number
  readonly texts: readonly string[]
}
