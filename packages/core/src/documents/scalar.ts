/** What an unquoted YAML scalar stands for. */
export type PlainValue = string | number | boolean | null

const WORDS = new Map<string, PlainValue>([
  ['', null],
  ['~', null],
  ...forms('null', null),
  ...forms('true', true),
  ...forms('yes', true),
  ...forms('on', true),
  ...forms('y', true),
  ...forms('false', false),
  ...forms('no', false),
  ...forms('off', false),
  ...forms('n', false),
  ...forms('.nan', Number.NaN),
  ['.NaN', Number.NaN],
  ...['', '+', '-'].flatMap((sign) =>
    forms('.inf', Number.POSITIVE_INFINITY, sign).map(([word, value]): [string, PlainValue] => [
      word,
      sign === '-' ? -value : value,
    ]),
  ),
])

/** `null`, `Null` and `NULL`. */
function forms<T extends PlainValue>(word: string, value: T, sign = ''): [string, T][] {
  const capital = word.startsWith('.')
    ? `.${word.charAt(1).toUpperCase()}${word.slice(2)}`
    : word.charAt(0).toUpperCase() + word.slice(1)
  return [word, capital, word.toUpperCase()].map((form) => [sign + form, value])
}

/** Numbers of YAML 1.1 as Go reads them, and of YAML 1.2; underscores are taken out before. */
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[0-9]+)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const NUMBER_START = /^[-+.0-9]/

/**
 * The value of an unquoted scalar: text only when both YAML 1.1, as Go reads it, and YAML 1.2 take it for text. Thus
 * `yes`, `0777`, `1_000` and `1e3` are no texts, and a secret that is written so can be refused instead of altered. The
 * numbers themselves are approximate. Dates and `12:30:45` are texts to both.
 */
export function plainScalar(source: string): PlainValue {
  // All words are short; looking only short ones up spares hashing every secret.
  if (source.length <= 5) {
    const word = WORDS.get(source)
    if (word !== undefined) return word
  }
  if (!NUMBER_START.test(source)) return source
  const digits = source.replaceAll('_', '')
  return INTEGER.test(digits) || FLOAT.test(digits) ? Number(digits.replace(/^\+/, '')) : source
}
