/** The README's commands for a cluster, as they stand there. */
import { delimiter } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blocks, root } from '../docs/blocks.ts'
import { controlPlaneAssets } from '../kube/assets.ts'
import { type ControlPlane, startControlPlane } from '../kube/control-plane.ts'
import { describeWithNetwork } from '../kube/describe.ts'
import { eventually } from '../kube/poll.ts'
import { NODE } from './helpers/controller.ts'

describeWithNetwork('README, in a cluster', () => {
  let plane: ControlPlane
  let env: NodeJS.ProcessEnv

  // A network of its own: the README's ports may be taken on the machine.
  beforeAll(async () => {
    plane = await startControlPlane({ network: true })
    const assets = controlPlaneAssets()
    const path = [`${root}node_modules/.bin`, 'path' in assets ? assets.path : '', '/usr/bin', '/bin'].join(delimiter)
    env = { PATH: path, HOME: plane.dir, KUBECONFIG: plane.kubeconfig }
  })
  afterAll(() => plane.stop())

  test('installing, sealing and applying ends with the Secret', async () => {
    const [install = '', seal = ''] = blocks('README.md', 'cluster')
    const [controller = ''] = blocks('README.md', 'cluster, in the background')
    const sh = (script: string) => plane.run('bash', ['-euo', 'pipefail', '-c', `cd ${root}; ${script}`], { env })
    const scratch = `cd ${plane.dir}; `
    expect(await sh(install)).toMatchObject({ code: 0 })
    plane.spawn('bash', ['-c', `exec ${controller}`], { env })
    const ready = "fetch('http://127.0.0.1:8080/readyz').then((answer) => process.exit(answer.ok ? 0 : 1))"
    await eventually('the controller is ready', async () => (await plane.run(NODE, ['-e', ready], { env })).code === 0)
    expect(await sh(scratch + seal)).toMatchObject({ code: 0 })
    const value = await plane.kubectl(['get', 'secret', 'db', '-n', 'default', '-o', 'jsonpath={.data.password}'])
    expect(atob(value)).toBe('hunter2')
  })
})
