import type { Context } from '../functions/go.ts'
import { randomBelow } from '../functions/random.ts'
import type { ByteString } from '../text/bytestring.ts'
import { integer, sequence } from './der.ts'

/** DSA keys of 2048 and 256 bits (FIPS 186-4), in the form of OpenSSL. */
const P_BITS = 2048
const Q_BITS = 256
/** Enough for random numbers of this size (FIPS 186-4, table C.1, asks for fewer). */
const ROUNDS = 8
const SIEVE = 20_000
/** Steps of one power of 2048 bits, for the budget. */
const POWER_COST = 4000

function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit)
  const primes: number[] = []
  for (let i = 3; i < limit; i += 2) {
    if (composite[i] === 1) continue
    primes.push(i)
    for (let multiple = i * i; multiple < limit; multiple += i) composite[multiple] = 1
  }
  return primes
}

export function createDsaKey(context: Context): ByteString {
  const primes = primesBelow(SIEVE)
  const q = randomPrime(context, primes)
  const p = primeOver(context, q, primes)
  const g = generator(p, q)
  const x = 1n + randomBelow(context, q - 1n)
  return sequence(...[0n, p, q, g, power(g, x, p), x].map(integer))
}

function randomPrime(context: Context, primes: readonly number[]): bigint {
  for (;;) {
    const candidate = randomBits(context, Q_BITS) | 1n
    if (primes.every((prime) => candidate % BigInt(prime) !== 0n) && isPrime(context, candidate)) return candidate
  }
}

/** A prime with a multiple of q below it: from a random start on, in steps that keep it so. */
function primeOver(context: Context, q: bigint, primes: readonly number[]): bigint {
  const step = 2n * q
  const steps = primes.map((prime) => Number(step % BigInt(prime)))
  for (;;) {
    const start = randomBits(context, P_BITS)
    let candidate = start - (start % step) + 1n
    const rests = primes.map((prime) => Number(candidate % BigInt(prime)))
    for (; candidate >> BigInt(P_BITS) === 0n; candidate += step) {
      if (!rests.includes(0) && isPrime(context, candidate)) return candidate
      for (const [index, prime] of primes.entries()) rests[index] = ((rests[index] ?? 0) + (steps[index] ?? 0)) % prime
    }
  }
}

/** With the highest bit set. */
function randomBits(context: Context, bits: number): bigint {
  const top = 1n << BigInt(bits - 1)
  return top | randomBelow(context, top)
}

function generator(p: bigint, q: bigint): bigint {
  for (let h = 2n; ; h++) {
    const g = power(h, (p - 1n) / q, p)
    if (g !== 1n) return g
  }
}

/** Miller-Rabin with random bases. */
function isPrime(context: Context, n: bigint): boolean {
  let odd = n - 1n
  let twos = 0
  for (; odd % 2n === 0n; odd >>= 1n) twos += 1
  for (let round = 0; round < ROUNDS; round++) {
    context.budget.spend(n >> BigInt(Q_BITS) === 0n ? 1 : POWER_COST)
    const base = 2n + randomBelow(context, n - 3n)
    if (isWitness(power(base, odd, n), n, twos)) return false
  }
  return true
}

function isWitness(start: bigint, n: bigint, twos: number): boolean {
  let x = start
  if (x === 1n || x === n - 1n) return false
  for (let i = 1; i < twos; i++) {
    x = (x * x) % n
    if (x === n - 1n) return false
  }
  return true
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}
