/** Names and values of labels and annotations, and selectors, as Kubernetes takes them. */

const NAME = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/** `NAME=VALUE,NAME=VALUE` as a map; undefined when the text is no such list. */
export function parsePairs(text: string, kind: 'labels' | 'annotations'): Record<string, string> | undefined {
  const pairs: Record<string, string> = {}
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const [name, value] = [part.slice(0, equals).trim(), part.slice(equals + 1).trim()]
    if (equals < 1 || !NAME.test(name)) return undefined
    if (kind === 'labels' && !LABEL_VALUE.test(value)) return undefined
    pairs[name] = value
  }
  return pairs
}

const ONE = '[A-Za-z0-9._/-]+'
const LIST = '\\(\\s*[A-Za-z0-9._-]*(\\s*,\\s*[A-Za-z0-9._-]*)*\\s*\\)'
const REQUIREMENT = `\\s*(!?\\s*${ONE}|${ONE}\\s*(=|==|!=)\\s*[A-Za-z0-9._-]*|${ONE}\\s+(in|notin)\\s*${LIST})\\s*`
const SELECTOR = new RegExp(`^${REQUIREMENT}(,${REQUIREMENT})*$`)

/** The selector, or undefined when the API server would refuse it. Empty selects everything. */
export function parseSelector(text: string): string | undefined {
  return text.length <= 4096 && (text === '' || SELECTOR.test(text)) ? text : undefined
}
