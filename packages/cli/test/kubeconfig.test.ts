import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ClusterOptions, CONTROLLER, type ConnectionOverrides } from '../src/cluster/cluster.ts'
import { connectionOf } from '../src/cluster/connection.ts'
import { loadKubeconfig, namespaceOf } from '../src/cluster/kubeconfig.ts'
import { nodeFiles } from '../src/io/files.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waxseal-kubeconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function options(context?: string, overrides?: ConnectionOverrides): ClusterOptions {
  const controller = { controllerName: CONTROLLER.name, controllerNamespace: CONTROLLER.namespace }
  return { kubeconfig: undefined, context, ...controller, ...(overrides === undefined ? {} : { overrides }) }
}

function file(path: string, content: object | string): string {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  return join(folder, path)
}

const cluster = (name: string, server: string) => ({ name, cluster: { server, 'certificate-authority': 'ca.crt' } })
const context = (name: string, of: string, namespace?: string) => ({
  name,
  context: { cluster: of, user: 'u', ...(namespace === undefined ? {} : { namespace }) },
})

describe('kubeconfig files', () => {
  it('merge: the first of a name and the first current context count, missing files are passed over', async () => {
    const first = file('a/kc', {
      clusters: [cluster('k', 'https://one')],
      contexts: [context('x', 'k', 'ns-a')],
      'current-context': 'x',
    })
    const second = file('b/kc', {
      clusters: [cluster('k', 'https://two'), cluster('l', 'https://three')],
      contexts: [context('y', 'l')],
      'current-context': 'y',
    })
    const config = await loadKubeconfig(nodeFiles, { KUBECONFIG: `${folder}/gone:${first}:${second}` }, undefined)
    expect(connectionOf(config, options())).toMatchObject({
      server: 'https://one',
      cluster: { 'certificate-authority': join(folder, 'a/ca.crt') },
    })
    expect(namespaceOf(config, options())).toBe('ns-a')
    expect(connectionOf(config, options('y'))).toMatchObject({
      server: 'https://three',
      cluster: { 'certificate-authority': join(folder, 'b/ca.crt') },
    })
    expect(namespaceOf(config, options('y'))).toBe('default')
  })

  it('without any there is no namespace and no connection', async () => {
    const config = await loadKubeconfig(nodeFiles, { HOME: folder }, undefined)
    expect(namespaceOf(config, options())).toBeUndefined()
    expect(() => connectionOf(config, options())).toThrow(/no cluster configuration/)
    expect(connectionOf(config, options(undefined, { server: '127.0.0.1:8080' })).server).toBe('http://127.0.0.1:8080')
  })

  it('one that is named must be there and be one', async () => {
    await expect(loadKubeconfig(nodeFiles, {}, join(folder, 'gone'))).rejects.toThrow(/gone: no such file or directory/)
    await expect(loadKubeconfig(nodeFiles, {}, file('broken', 'a: [\n'))).rejects.toThrow(/^kubeconfig .*broken: /)
  })

  it('flags win, and a credential replaces the others', async () => {
    const user = { name: 'u', user: { token: 'old', 'client-key': 'k.pem' } }
    const path = file('kc', {
      clusters: [cluster('k', 'https://one/')],
      users: [user],
      contexts: [context('x', 'k')],
      'current-context': 'x',
    })
    const config = await loadKubeconfig(nodeFiles, {}, path)
    const chosen = connectionOf(config, options(undefined, { token: 'new', as: 'eve', insecureSkipTlsVerify: true }))
    expect(chosen).toMatchObject({
      server: 'https://one',
      user: { token: 'new', as: 'eve' },
      cluster: { 'insecure-skip-tls-verify': true },
    })
    expect(chosen.user).not.toHaveProperty('client-key')
    expect(() => connectionOf(config, options(undefined, { cluster: 'nope' }))).toThrow('cluster "nope" does not exist')
    expect(() => connectionOf(config, options('nope'))).toThrow('context "nope" does not exist')
  })
})
