/** The chart rendered, as objects. */
import { parseAllDocuments } from 'yaml'
import { answer } from '../../kube/json.ts'
import { runTool } from '../../tools/tools.ts'
import { chart } from './values.ts'

export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

/** Value by its path, as for `--set-json`. */
export type Settings = Readonly<Record<string, unknown>>

export const setArgs = (settings: Settings): string[] =>
  Object.entries(settings).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`])

/** The manifests, as text. @throws what helm says */
export function renderText(settings: Settings = {}, args: readonly string[] = [], namespace = 'kube-system'): string {
  const { status, stdout, stderr } = runTool('helm', [
    ...['template', 'waxseal', chart, '-n', namespace],
    ...setArgs(settings),
    ...args,
  ])
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** All objects of YAML documents, those of Lists too. */
export function objectsOf(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = answer<(KubeObject & { items?: KubeObject[] }) | null>(document.toJS())
    return object === null ? [] : (object.items ?? [object])
  })
}

export const render = (settings: Settings = {}, args: readonly string[] = []): KubeObject[] =>
  objectsOf(renderText(settings, args))
