/** The schema of SealedSecret for tools without a cluster, used by one of them. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeWithTools } from '../../tools/describe.ts'
import { runTool } from '../../tools/tools.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const ARGS = ['-strict', '-schema-location', 'deploy/schemas/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json']

const judge = (spec: object): { status: number | null; stdout: string } => {
  const object = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { name: 'x' }, spec }
  return runTool('kubeconform', [...ARGS, '-'], { cwd: root, input: JSON.stringify(object) })
}

describeWithTools(['kubeconform'], 'kubeconform', () => {
  test('accepts the example', () => {
    const { status, stdout } = runTool('kubeconform', [...ARGS, 'examples/gitops/apps/shop/sealed-db.yaml'], {
      cwd: root,
    })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })

  test('accepts what Go writes: null for templates and times', () => {
    const template = { metadata: { name: 'x', creationTimestamp: null }, data: null, type: 'Opaque' }
    expect(judge({ encryptedData: { a: 'YQ==' }, template })).toMatchObject({ status: 0 })
  })

  test('refuses what the API server refuses', () => {
    expect(judge({}).stdout).toMatch(/encryptedData/)
    expect(judge({ encryptedData: { a: 1 } }).stdout).toMatch(/got number, want string/)
  })
})
