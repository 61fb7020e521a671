/** Pods for the policies that harden them: each bad in one way. */
export interface PodSpec {
  readonly containers: readonly object[]
  readonly [field: string]: unknown
}

const container = {
  name: 'main',
  image: 'registry.example:5000/app:1.2',
  resources: { limits: { memory: '64Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
  },
}
const context = container.securityContext
const spec = (change: object = {}, more: object = {}): PodSpec => ({
  containers: [{ ...container, ...change }],
  ...more,
})
const secure = (change: object, more: object = {}): PodSpec =>
  spec({ securityContext: { ...context, ...change } }, more)

export const PODS = {
  tag: {
    bad: spec({ image: 'registry.example:5000/app' }),
    message: /image without a fixed tag or digest: main/,
    good: spec(),
  },
  latest: {
    bad: spec({ image: 'app:latest' }),
    message: /image without a fixed tag or digest: main/,
    good: spec({ image: `app@sha256:${'0'.repeat(64)}` }),
  },
  root: {
    bad: secure({ runAsNonRoot: undefined }),
    message: /may run as root \(runAsNonRoot\): main/,
    good: secure({ runAsNonRoot: undefined }, { securityContext: { runAsNonRoot: true } }),
  },
  'user 0': {
    bad: secure({}, { securityContext: { runAsUser: 0 } }),
    message: /may run as root/,
    good: secure({ runAsUser: 7 }, { securityContext: { runAsUser: 0 } }),
  },
  'an init container, too': {
    bad: {
      ...spec(),
      initContainers: [{ ...container, name: 'init', securityContext: { ...context, runAsNonRoot: false } }],
    },
    message: /may run as root \(runAsNonRoot\): init/,
    good: undefined,
  },
  writable: {
    bad: secure({ readOnlyRootFilesystem: false }),
    message: /writable root file system \(readOnlyRootFilesystem\): main/,
    good: undefined,
  },
  'capabilities kept': {
    bad: secure({ capabilities: { drop: ['NET_RAW'] } }),
    message: /keeps capabilities/,
    good: undefined,
  },
  'capabilities added': {
    bad: secure({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
    message: /keeps capabilities/,
    good: undefined,
  },
  memory: { bad: spec({ resources: {} }), message: /no limit of memory: main/, good: undefined },
  'host path': {
    bad: spec({}, { volumes: [{ name: 'x', hostPath: { path: '/' } }] }),
    message: /mounts a folder of the node \(hostPath\)/,
    good: spec({}, { volumes: [{ name: 'x', emptyDir: {} }] }),
  },
  'host network': { bad: spec({}, { hostNetwork: true }), message: /shares the node's network/, good: undefined },
} satisfies Record<string, { bad: PodSpec; message: RegExp; good: PodSpec | undefined }>
