/** How much the fault tests do: a short variant by default, the long one with WAXSEAL_FAULTS=long (`npm run test:faults`). */
const long = process.env.WAXSEAL_FAULTS === 'long'

export const scale = {
  /** SealedSecrets per fault. */
  objects: long ? 300 : 16,
  /** How long the API server is away, ms. */
  outageMs: long ? 60_000 : 2000,
  /** How long a fault that goes on goes on at least, ms. */
  faultMs: long ? 60_000 : 3000,
  /** Every fault in every situation. */
  all: long,
  /** How often the leader is killed, while so many SealedSecrets come and change. */
  kills: long ? { times: 50, objects: 1000 } : { times: 4, objects: 40 },
  /** Items of the largest SealedSecret. */
  items: 1000,
} as const

export const patience: { readonly timeout: number } = { timeout: long ? 600_000 : 90_000 }
