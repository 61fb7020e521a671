import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { describeWithControlPlane, describeWithNetwork } from './describe.ts'
import { answer, answerOf } from './json.ts'
import { eventually } from './poll.ts'

const configMap = (name: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { a: '1' } })

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describeWithControlPlane('a control plane', () => {
  let plane: ControlPlane

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: true })
  })
  afterAll(() => plane?.stop())

  test('keeps its data and address over a crash of the API server', async () => {
    await plane.kubectl(['create', '-f', '-'], configMap('kept'))
    await plane.stopApiServer()
    await expect(plane.api.request('/readyz')).rejects.toThrow(/ECONN|socket hang up/)
    await expect(plane.kubectl(['get', 'configmap', 'kept'])).rejects.toThrow(/refused/)
    await plane.startApiServer()
    const path = '/api/v1/namespaces/default/configmaps/kept'
    expect(await plane.api.object<{ data: object }>(path)).toMatchObject({ data: { a: '1' } })
    expect(await plane.api.find(`${path}-not`)).toBeUndefined()
  })

  test('collects what has lost its owner', async () => {
    await plane.kubectl(['create', '-f', '-'], configMap('owner'))
    const base = '/api/v1/namespaces/default/configmaps'
    const { metadata } = await plane.api.object<{ metadata: { uid: string } }>(`${base}/owner`)
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid }
    const owned = { metadata: { name: 'owned', ownerReferences: [owner] } }
    await plane.api.object(base, { method: 'POST', body: owned })
    await plane.kubectl(['delete', 'configmap', 'owner'])
    const gone = async () => (await plane.api.find(`${base}/owned`)) === undefined
    expect(await eventually('owned is gone', gone)).toBe(true)
  })

  test('leaves nothing behind when the tests are killed', async () => {
    const module = fileURLToPath(new URL('./control-plane.ts', import.meta.url))
    const script = `
      const { startControlPlane } = await import(${JSON.stringify(module)})
      const plane = await startControlPlane()
      const sleeper = plane.spawn('sleep', ['600'])
      process.stdout.write(JSON.stringify({ dir: plane.dir, server: plane.server, sleeper: sleeper.pid }))`
    const victim = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = answer<[Buffer]>(await once(victim.stdout, 'data'))
    const { dir, server, sleeper } = answerOf<{ dir: string; server: string; sleeper: number }>(said.toString())
    expect(isAlive(sleeper)).toBe(true)
    victim.kill('SIGKILL')
    await eventually('everything is gone', () => !existsSync(dir) && !isAlive(sleeper))
    await expect(fetch(server)).rejects.toThrow('fetch failed')
  })
})

describeWithControlPlane('an audit policy', () => {
  test('fills the audit log', async () => {
    const rules = 'omitStages: [RequestReceived]\nrules: [{level: Metadata, resources: [{resources: [configmaps]}]}]\n'
    const plane = await startControlPlane({ auditPolicy: `apiVersion: audit.k8s.io/v1\nkind: Policy\n${rules}` })
    try {
      await plane.kubectl(['create', '-f', '-'], configMap('seen'))
      const line = await eventually('it is logged', () => {
        return readFileSync(plane.auditLog, 'utf8')
          .split('\n')
          .find((line) => line.includes('"name":"seen"'))
      })
      expect(JSON.parse(line)).toMatchObject({ verb: 'create', user: { username: 'admin' } })
    } finally {
      await plane.stop()
    }
    expect(existsSync(join(plane.dir, 'audit.log'))).toBe(false)
  })
})

describeWithNetwork('a control plane in a network of its own', () => {
  test('answers inside only', async () => {
    const plane = await startControlPlane({ network: true })
    try {
      expect(await plane.kubectl(['get', '--raw', '/readyz'])).toBe('ok')
      expect((await plane.run('ip', ['-br', 'address'])).stdout).toContain(plane.network?.address)
      await expect(fetch(plane.server)).rejects.toThrow('fetch failed')
    } finally {
      await plane.stop()
    }
  })
})
