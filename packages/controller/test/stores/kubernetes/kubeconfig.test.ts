import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { describeError } from '../../../src/log/describe.ts'
import { Credentials } from '../../../src/stores/kubernetes/credentials.ts'
import { loadKubeconfig } from '../../../src/stores/kubernetes/kubeconfig.ts'

let dir: string

interface Parts {
  readonly current?: string
  readonly clusters?: Record<string, string>
  readonly users?: Record<string, string>
}

/** A file with a context of the same name for every cluster; all contexts use the user `me`. */
async function file(name: string, { current, clusters = {}, users = {} }: Parts): Promise<string> {
  const path = join(dir, name)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: Object.entries(clusters).map(([name, server]) => ({ name, cluster: { server } })),
    users: Object.entries(users).map(([name, token]) => ({ name, user: { token } })),
    contexts: Object.keys(clusters).map((name) => ({ name, context: { cluster: name, user: 'me' } })),
    ...(current === undefined ? {} : { 'current-context': current }),
  }
  await writeFile(path, JSON.stringify(config))
  return path
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'waxseal-kubeconfig-'))
})

test('of several files the first word counts, and missing files are passed over', async () => {
  const first = await file('a', { clusters: { one: 'https://one' } })
  const second = await file('b', {
    current: 'two',
    clusters: { one: 'https://other', two: 'https://two' },
    users: { me: 'a' },
  })
  const third = await file('c', { current: 'one', users: { me: 'b' } })
  const config = await loadKubeconfig([join(dir, 'missing'), first, second, '', third].join(delimiter))
  expect(config.getCurrentCluster()?.server).toBe('https://two')
  expect(config.getCluster('one')?.server).toBe('https://one')
  expect(config.getCurrentUser()?.token).toBe('a')
})

test('KUBECONFIG counts where no file is given', async () => {
  const path = await file('a', { current: 'one', clusters: { one: 'https://one' } })
  const config = await loadKubeconfig(undefined, { KUBECONFIG: path })
  expect(config.getCurrentCluster()?.server).toBe('https://one')
})

test('the token of a user may be in a file, which is read again', async () => {
  const path = join(dir, 'config')
  const yaml = `apiVersion: v1
kind: Config
current-context: one
clusters: [{name: one, cluster: {server: "https://one"}}]
contexts: [{name: one, context: {cluster: one, user: me}}]
users: [{name: me, user: {tokenFile: token}}]
`
  await writeFile(path, yaml)
  await writeFile(join(dir, 'token'), 'one\n')
  const credentials = new Credentials(await loadKubeconfig(path))
  expect((await credentials.current()).headers).toEqual({ Authorization: 'Bearer one' })
  await writeFile(join(dir, 'token'), 'two\n')
  credentials.renew()
  expect((await credentials.current()).headers).toEqual({ Authorization: 'Bearer two' })
})

test('what is wrong is said, without what is in the file', async () => {
  const said = (given: string): Promise<string> => loadKubeconfig(given).then(() => 'nothing', describeError)
  const broken = join(dir, 'broken')
  await writeFile(broken, 'users: [{name: me, user: {token: hunter2}')
  expect(await said(join(dir, 'missing'))).toBe(`no Kubernetes configuration: ${join(dir, 'missing')} does not exist`)
  expect(await said(broken)).toBe(`${broken} is no kubeconfig that can be read`)
  const aimless = await file('a', { clusters: { one: 'https://one' } })
  expect(await said(aimless)).toBe(`${aimless}: no current context`)
  const lost = await file('b', { current: 'two', clusters: { one: 'https://one' } })
  expect(await said(lost)).toBe(`${lost}: the context two names no known cluster`)
})
