import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { describeError } from '../../../src/log/describe.ts'
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
  const config = loadKubeconfig([join(dir, 'missing'), first, second, '', third].join(delimiter))
  expect(config.getCurrentCluster()?.server).toBe('https://two')
  expect(config.getCluster('one')?.server).toBe('https://one')
  expect(config.getCurrentUser()?.token).toBe('a')
})

test('KUBECONFIG counts where no file is given', async () => {
  const path = await file('a', { current: 'one', clusters: { one: 'https://one' } })
  expect(loadKubeconfig(undefined, { KUBECONFIG: path }).getCurrentCluster()?.server).toBe('https://one')
})

test('what is wrong is said, without what is in the file', async () => {
  const said = (given: string): string => {
    try {
      loadKubeconfig(given)
      return 'nothing'
    } catch (error) {
      return describeError(error)
    }
  }
  const broken = join(dir, 'broken')
  await writeFile(broken, 'users: [{name: me, user: {token: hunter2}')
  expect(said(join(dir, 'missing'))).toBe(`no Kubernetes configuration: ${join(dir, 'missing')} does not exist`)
  expect(said(broken)).toBe(`${broken} is no kubeconfig that can be read`)
  const aimless = await file('a', { clusters: { one: 'https://one' } })
  expect(said(aimless)).toBe(`${aimless}: no current context`)
  const lost = await file('b', { current: 'two', clusters: { one: 'https://one' } })
  expect(said(lost)).toBe(`${lost}: the context two names no known cluster`)
})
