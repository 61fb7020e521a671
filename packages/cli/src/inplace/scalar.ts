/** Texts as they are written into a document, in the style of what stands there. */
import { type ValueSpan, writeYaml } from '@waxseal/core/documents'

export type Quoting = 'plain' | 'single' | 'double'

export interface Surroundings {
  readonly format: 'json' | 'yaml'
  /** Inside `{}`, where a comma or bracket ends an unquoted text. */
  readonly flow: boolean
}

/** A text on one line, quoted as asked where that is possible, never so that any reader takes it for something else. */
export async function writeScalar(text: string, quoting: Quoting, { format, flow }: Surroundings): Promise<string> {
  if (format === 'json' || quoting === 'double') return JSON.stringify(text)
  if (quoting === 'single' && /^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`
  const isPlain = (await writeYaml({ k: text })) === `k: ${text}\n` && !(flow && /[,[\]{}]/.test(text))
  return isPlain ? text : JSON.stringify(text)
}

/** How a value was quoted; what was written in another way becomes unquoted. */
export function quotingOf({ form }: Pick<ValueSpan, 'form'>): Quoting {
  return form === 'single' || form === 'double' ? form : 'plain'
}

/** How a key was quoted. */
export function quotingAt(raw: string, start: number): Quoting {
  if (raw[start] === '"') return 'double'
  return raw[start] === "'" ? 'single' : 'plain'
}
