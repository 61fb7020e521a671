/** The data of a Secret that a SealedSecret's `spec.template.data` stands for. */
import { utf8 } from './bytes.ts'
import { WaxsealError } from './errors.ts'
import { byBytes } from './meta.ts'
import { emptyRecord } from './parse.ts'
import { Plaintext } from './plaintext.ts'

/**
 * Renders one template: `render` of `@waxseal/core/template`, here or in another thread. `data` is the same object for
 * all templates of a Secret. Rejects with a WaxsealError (`bad-template`, `template-failed`) whose message holds nothing
 * of the data; anything else it throws ends the opening and is passed on.
 */
export type RenderTemplate = (
  name: string,
  text: string,
  data: Readonly<Record<string, Uint8Array>>,
) => Uint8Array | Promise<Uint8Array>

/** Go templates by key of the Secret; null leaves the key out. */
export type TemplateData = Readonly<Record<string, string | null>>

export interface Rendered {
  /** By key, those of sealed values included. */
  readonly data: ReadonlyMap<string, Plaintext>
  readonly failures: ReadonlyMap<string, WaxsealError>
}

/** What a Secret can hold (corev1.MaxSecretSize). */
const MAX_RENDERED = 1 << 20
/** Failures to tell in one error; whoever writes a hundred bad templates reads the first ones first. */
const MAX_FAILURES = 20

/** A key whose value is a template; undefined when there is none to render. */
export function firstTemplate(templates: TemplateData = {}): string | undefined {
  return Object.keys(templates).find((key) => templates[key] !== null)
}

/**
 * Renders every template, also those whose keys are taken by sealed values: as with kubeseal their mistakes count. The
 * dot of each has the texts of all templates, not rendered, and over them the sealed values (bitnami/sealed-secrets
 * #1607). One at a time, in the order of bytes.
 */
export async function renderTemplates(
  templates: TemplateData,
  values: ReadonlyMap<string, Plaintext>,
  render: RenderTemplate,
): Promise<Rendered> {
  const data = new Map<string, Plaintext>()
  const failures = new Map<string, WaxsealError>()
  const dot = dotOf(templates, values)
  let size = 0
  for (const key of Object.keys(templates).sort(byBytes)) {
    const text = templates[key] ?? null
    if (text === null || failures.size === MAX_FAILURES) continue
    try {
      const rendered = await render(key, text, dot)
      size += rendered.length
      if (size > MAX_RENDERED) throw tooLarge(key)
      data.set(key, Plaintext.of(rendered))
    } catch (error) {
      if (!(error instanceof WaxsealError)) throw error
      // Made anew: what is beside the message of an error from elsewhere may hold the data.
      failures.set(key, new WaxsealError(error.code, error.message))
      if (size > MAX_RENDERED) break
    }
  }
  return { data, failures }
}

function dotOf(templates: TemplateData, values: ReadonlyMap<string, Plaintext>): Record<string, Uint8Array> {
  const dot = emptyRecord<Uint8Array>()
  for (const [key, text] of Object.entries(templates)) if (text !== null) dot[key] = utf8(text)
  for (const [key, value] of values) dot[key] = value.reveal()
  return dot
}

function tooLarge(key: string): WaxsealError {
  return new WaxsealError('template-failed', `template: ${key}: more than ${MAX_RENDERED} bytes are rendered in all`)
}
