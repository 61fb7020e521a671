/** Argo CD's health check, run by Lua as Argo CD does: `obj` in, a table with status and message out. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeWithTools } from '../../tools/describe.ts'
import { runTool } from '../../tools/tools.ts'

const script = readFileSync(new URL('../../../deploy/argocd/health.lua', import.meta.url), 'utf8')

/** A value as Lua writes it. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(lua).join(', ')}}`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, field]) => `[${JSON.stringify(key)}] = ${lua(field)}`)
    .join(', ')}}`
}

function health(object: object): string {
  const program = `obj = ${lua(object)}\nlocal function check()\n${script}\nend\nlocal h = check()\nprint(h.status .. ": " .. h.message)`
  const { status, stdout, stderr } = runTool('lua5.4', ['-e', program])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.trim()
}

const synced = (status: string, message?: string) => ({ type: 'Synced', status, message })

describeWithTools(['lua5.4'], 'deploy/argocd/health.lua', () => {
  test.each([
    ['new', { metadata: { generation: 1 } }, 'Progressing: Waiting to be opened'],
    ['without conditions', { metadata: {}, status: {} }, 'Progressing: Waiting to be opened'],
    [
      'opened',
      { metadata: { generation: 2 }, status: { observedGeneration: 2, conditions: [synced('True')] } },
      'Healthy: The Secret is in sync',
    ],
    // As Bitnami's older controllers write it.
    [
      'without generations',
      { metadata: {}, status: { conditions: [synced('True')] } },
      'Healthy: The Secret is in sync',
    ],
    [
      'changed since',
      { metadata: { generation: 3 }, status: { observedGeneration: 2, conditions: [synced('True')] } },
      'Progressing: Waiting for the newest version to be opened',
    ],
    [
      'not opened',
      { metadata: {}, status: { conditions: [synced('False', 'no key could decrypt secret (a)')] } },
      'Degraded: no key could decrypt secret (a)',
    ],
    [
      'without a message',
      { metadata: {}, status: { conditions: [synced('False')] } },
      'Degraded: The Secret is not in sync',
    ],
    [
      'unknown',
      { metadata: {}, status: { conditions: [synced('Unknown'), { type: 'Other', status: 'False' }] } },
      'Progressing: Waiting to be opened',
    ],
  ])('%s', (_name, object, expected) => {
    expect(health(object)).toBe(expected)
  })
})
