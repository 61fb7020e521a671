import { encodeBase64 } from '../../bytes.ts'
import { CallFault } from '../fault.ts'
import { type ByteString, bytes, encodeRune, runesOf } from '../text/bytestring.ts'
import { type Context, type FunctionTable, type GoFunction, go } from './go.ts'

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

/** A whole number from 0 to below the bound, each as likely as the others. */
export function randomBelow({ ports, budget }: Context, bound: bigint): bigint {
  budget.spend(2)
  const size = Math.ceil(bound.toString(2).length / 8) + 8
  let value = 0n
  // Eight bytes more than needed leave a bias of less than 2^-64.
  for (const byte of ports.random(size)) value = (value << 8n) | BigInt(byte)
  return value % bound
}

function randomText(context: Context, count: bigint, alphabet: string): ByteString {
  if (count <= 0n) return bytes('')
  context.budget.text(Number(count) * 16)
  // Values beyond the largest multiple of the alphabet's size are drawn again, so that no letter is likelier.
  const limit = 256 - (256 % alphabet.length)
  let out = ''
  while (out.length < Number(count)) {
    for (const byte of context.ports.random(Number(count) - out.length + 16)) {
      if (byte < limit && out.length < Number(count)) out += alphabet.charAt(byte % alphabet.length)
    }
  }
  return bytes(out)
}

function letters(alphabet: string): GoFunction {
  return go('func(int) string', (context, count) => randomText(context, count, alphabet))
}

function shuffled(context: Context, text: ByteString): ByteString {
  const runes = [...runesOf(text)]
  context.budget.elements(runes.length)
  for (let i = runes.length - 1; i > 0; i--) {
    const other = Number(randomBelow(context, BigInt(i + 1)))
    const [a = 0, b = 0] = [runes[i], runes[other]]
    runes[i] = b
    runes[other] = a
  }
  return bytes(runes.map(encodeRune).join(''))
}

/** RFC 9562 version 4. */
function uuid({ ports }: Context): ByteString {
  const random = ports.random(16)
  random[6] = ((random[6] ?? 0) & 0x0f) | 0x40
  random[8] = ((random[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

export const RANDOM: FunctionTable = {
  randAlphaNum: letters(LETTERS + DIGITS),
  randAlpha: letters(LETTERS),
  randNumeric: letters(DIGITS),
  randAscii: letters(ASCII),
  randBytes: go('func(int) (string, error)', ({ budget, ports }, count) => {
    if (count < 0n) throw new CallFault('runtime error: makeslice: len out of range')
    budget.text(Number(count) * 2)
    return bytes(encodeBase64(ports.random(Number(count))))
  }),
  randInt: go('func(int, int) int', (context, least, most) => {
    if (most <= least) throw new CallFault('invalid argument to Intn')
    return least + randomBelow(context, most - least)
  }),
  shuffle: go('func(string) string', shuffled),
  uuidv4: go('func() string', uuid),
}
