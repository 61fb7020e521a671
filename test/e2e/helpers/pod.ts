/** What deploy/ leaves to the cluster: a Pod with an address, and the Service's endpoint on it. */
import { answerOf } from '../../kube/json.ts'
import type { Controller } from './controller.ts'
import type { World } from './world.ts'

const NAME = 'sealed-secrets-controller'

/** Makes them for the network's address; a controller is behind the Service once it listens there. */
export async function runPod({ home, plane }: World): Promise<void> {
  const apply = (object: object): Promise<string> => plane.kubectl(['apply', '-f', '-'], JSON.stringify(object))
  const text = await plane.kubectl(['get', 'deployment', NAME, '-n', home, '-o', 'json'])
  const { spec } = answerOf<{ spec: { template: { metadata: object; spec: object } } }>(text)
  const { metadata, spec: podSpec } = spec.template
  await apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: 'controller', namespace: home },
    spec: podSpec,
  })
  const ip = plane.network?.address
  const status = { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } }
  const patch = ['patch', 'pod', 'controller', '-n', home, '--subresource=status', '--type=merge', '-p']
  await plane.kubectl([...patch, JSON.stringify(status)])
  const targetRef = { kind: 'Pod', name: 'controller', namespace: home }
  await apply({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${NAME}-1`, namespace: home, labels: { 'kubernetes.io/service-name': NAME } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true }, targetRef }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  })
}

/** Starts the controller on that address. It cannot be asked from outside: whoever waits does so through the Service. */
export function startBehindService(world: World): Promise<Controller> {
  const address = world.plane.network?.address
  const args = ['--listen-addr', `${address}:8080`, '--listen-metrics-addr', `${address}:8081`]
  return world.startController({ args, ready: false })
}
