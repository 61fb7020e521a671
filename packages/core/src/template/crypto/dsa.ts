import type { Context } from '../functions/go.ts'
import { randomBelow } from '../functions/random.ts'
import type { ByteString } from '../text/bytestring.ts'
import { integer, sequence } from './der.ts'

/** DSA keys of 2048 and 256 bits (FIPS 186-4), in the form of OpenSSL. */
const P_BITS = 2048
const Q_BITS = 256
const ROUNDS = 32

const SMALL_PRIMES: readonly bigint[] = primesBelow(2000)

function primesBelow(limit: number): bigint[] {
  const primes: number[] = []
  for (let i = 3; i < limit; i += 2) if (primes.every((prime) => i % prime !== 0)) primes.push(i)
  return primes.map(BigInt)
}

export function createDsaKey(context: Context): ByteString {
  const q = randomPrime(context, Q_BITS)
  const p = primeOver(context, q)
  const g = generator(p, q)
  const x = 1n + randomBelow(context, q - 1n)
  return sequence(...[0n, p, q, g, power(g, x, p), x].map(integer))
}

function randomPrime(context: Context, bits: number): bigint {
  for (;;) {
    const candidate = randomBits(context, bits) | 1n
    if (isPrime(context, candidate)) return candidate
  }
}

/** A prime with a multiple of q below it. */
function primeOver(context: Context, q: bigint): bigint {
  for (;;) {
    const candidate = randomBits(context, P_BITS)
    const p = candidate - (candidate % (2n * q)) + 1n
    if (p >> BigInt(P_BITS - 1) === 1n && isPrime(context, p)) return p
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
  if (SMALL_PRIMES.some((prime) => n % prime === 0n)) return false
  let odd = n - 1n
  let twos = 0
  for (; odd % 2n === 0n; odd >>= 1n) twos += 1
  for (let round = 0; round < ROUNDS; round++) {
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
