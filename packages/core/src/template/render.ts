import { WaxsealError } from '../errors.ts'
import { Budget } from './budget.ts'
import { Executor } from './exec/executor.ts'
import { Stop } from './exec/stop.ts'
import { LimitFault, SyntaxFault } from './fault.ts'
import { FUNCTIONS } from './functions/registry.ts'
import { DEFAULT_LIMITS, DEFAULT_PORTS, type Limits, type Ports } from './options.ts'
import { parseTemplate, type TemplateSet } from './parse/parser.ts'
import { type ByteString, bytes, decode, encode, fromBytes, toBytes } from './text/bytestring.ts'
import { Dict, type Value } from './value/values.ts'

export interface RenderOptions {
  readonly limits?: Partial<Limits>
  readonly ports?: Partial<Ports>
}

/**
 * Renders a template of a SealedSecret: Go's text/template with the functions of Sprig, but env, expandenv and
 * getHostByName. Text goes in as Unicode, values and the result are bytes. Synchronous; within the limits.
 *
 * No error holds anything of the data, neither in its message nor beside it: messages are Go's where those tell only of
 * the template's own text and of types, and shorter where Go would print a value.
 *
 * @param name what messages call the template: the key of the Secret's data
 * @param text the template
 * @param data what the dot is: a map of strings
 * @throws WaxsealError `bad-template` where the text is no template, `template-failed` where it does not come to its end
 */
export function render(
  name: string,
  text: string,
  data: Readonly<Record<string, Uint8Array>>,
  options: RenderOptions = {},
): Uint8Array {
  const output = new BoundedOutput(options.limits?.output ?? DEFAULT_LIMITS.output)
  renderInto(output, name, text, data, options)
  return toBytes(output.text)
}

/** Collects text, and refuses more than a bound. */
export class BoundedOutput {
  private readonly limit: number
  private written = ''

  constructor(limit: number) {
    this.limit = limit
  }

  get text(): ByteString {
    return bytes(this.written)
  }

  write(text: ByteString): void {
    if (this.written.length + text.length > this.limit) {
      throw new LimitFault(`exceeded the limit of ${this.limit} bytes of output`)
    }
    this.written += text
  }
}

/** As render, into an output that keeps what was written before an error. */
export function renderInto(
  output: BoundedOutput,
  name: string,
  text: string,
  data: Readonly<Record<string, Uint8Array>>,
  { limits: someLimits, ports: somePorts }: RenderOptions,
): void {
  const limits = { ...DEFAULT_LIMITS, ...someLimits }
  const ports = { ...DEFAULT_PORTS, ...somePorts }
  const source = { name: encode(name), text: encode(text) }
  const templates = parse(source.name, source.text, limits)
  const root = rootOf(data)
  const context = { budget: new Budget(limits, ports), ports }
  try {
    new Executor(source, templates, FUNCTIONS, context, root, output).run(root)
  } catch (error) {
    // The cause is not kept: what it holds is not known.
    throw new WaxsealError('template-failed', error instanceof Stop ? error.message : `template: ${name}: failed`)
  }
}

function parse(name: ByteString, text: ByteString, limits: Limits): TemplateSet {
  const fail = (message: string): never => {
    throw new WaxsealError('bad-template', `template: ${decode(name)}: ${message}`)
  }
  if (text.length > limits.source) return fail(`the template is longer than ${limits.source} bytes`)
  try {
    return parseTemplate(name, text, (function_) => FUNCTIONS.has(function_), limits.nesting)
  } catch (error) {
    if (error instanceof SyntaxFault) {
      throw new WaxsealError('bad-template', `template: ${decode(name)}:${error.line}: ${decode(bytes(error.message))}`)
    }
    return fail('exceeded the depth of the stack')
  }
}

/** A Map, so that no key means anything but itself. */
function rootOf(data: Readonly<Record<string, Uint8Array>>): Dict {
  const entries = Object.entries(data).map(([key, value]): [ByteString, Value] => [encode(key), fromBytes(value)])
  return new Dict('map[string]string', new Map(entries))
}
