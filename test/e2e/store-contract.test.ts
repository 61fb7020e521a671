/** The contract of stores on a real API server, with the rights that deploy/ gives and no others. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { storeContract } from '../../packages/controller/test/stores/contract.ts'
import { type ControlPlane, startControlPlane } from '../kube/control-plane.ts'
import { describeWithControlPlane } from '../kube/describe.ts'
import { installRights, KubeWorld } from './informer/kube-world.ts'

describeWithControlPlane('the Kubernetes store', () => {
  let plane: ControlPlane
  let kubeconfig: string

  beforeAll(async () => {
    plane = await startControlPlane()
    kubeconfig = await installRights(plane, fileURLToPath(new URL('../../deploy', import.meta.url)))
    plane.startControllers()
  })
  afterAll(() => plane?.stop())

  storeContract('Kubernetes', () => KubeWorld.create(plane, { kubeconfig, collectsGarbage: true }))
})
