/** Paths made from a template such as `clusters/{cluster}/{name}.yaml`. */
import { normalize } from 'node:path'
import { CliError, UsageError } from '../messages.ts'

export interface PathTemplate {
  /** Throws CliError naming the placeholder for which there is no value. */
  expand(values: Readonly<Record<string, string | undefined>>): string
  readonly placeholders: readonly string[]
}

/**
 * Values come from names of clusters and Kubernetes objects; what could lead out of its folder (`/`, `..`) is refused all the same. `what`:
 * the flag, for messages. Throws UsageError for a placeholder that is not known.
 */
export function pathTemplate(what: string, text: string, known: readonly string[]): PathTemplate {
  const placeholders = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name)
  const unknown = placeholders.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`${what}: unknown placeholder {${unknown}}`, {
      hint: `there are ${known.map((name) => `{${name}}`).join(', ')}`,
    })
  }
  return {
    placeholders,
    expand(values) {
      const path = text.replace(/\{([^{}]*)\}/g, (_, name: string) => part(what, name, values[name]))
      return normalize(path)
    },
  }
}

function part(what: string, name: string, value: string | undefined): string {
  // The person's own path to an input.
  if (name === 'folder' && value !== undefined) return value
  if (value === undefined || value === '') {
    throw new CliError(`${what} needs a {${name}}, and the object says none`, {
      hint: name === 'namespace' ? '-n NAMESPACE gives it one' : undefined,
    })
  }
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(value)) return value
  throw new CliError(`${what}: ${JSON.stringify(value)} cannot be part of a path`, {
    hint: 'letters, digits, -, _ and . are allowed, with no dot at the beginning',
  })
}

/** Throws CliError where two of them would be written to one path. */
export function refuseCollisions(what: string, paths: readonly string[], placeholders: readonly string[]): void {
  const seen = new Set<string>()
  for (const path of paths) {
    if (seen.has(path)) {
      throw new CliError(`${what}: two results would be written to ${path}`, {
        hint: `placeholders keep them apart: ${placeholders.map((name) => `{${name}}`).join(', ')}`,
      })
    }
    seen.add(path)
  }
}
