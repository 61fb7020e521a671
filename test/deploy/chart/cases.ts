/** For every value of the chart: something to set it to, and where that shows. */
import type { Settings } from './render.ts'

export interface Case {
  readonly value: unknown
  /** Others that must be set for this one to matter. */
  readonly with?: Settings
  /** `Kind/name`. */
  readonly object?: string
  /** Where in the object, as `spec.ports.0.port`; `\.` is a point within a key. Undefined expects the object itself. */
  readonly where?: string
  readonly shows?: unknown
}

const NAME = 'sealed-secrets-controller'
const POD = 'spec.template.spec'
const CONTAINER = `${POD}.containers.0`
const DEPLOYMENT = `Deployment/${NAME}`

const inPod = (where: string, value: unknown, shows: unknown = value): Case => ({
  value,
  object: DEPLOYMENT,
  where: `${POD}.${where}`,
  shows,
})
const inContainer = (where: string, value: unknown, shows: unknown = value): Case =>
  inPod(`containers.0.${where}`, value, shows)
const flag = (value: unknown, ...args: string[]): Case => inContainer('args', value, args)
const none = (object: string, value: unknown = false): Case => ({ value, object, where: 'kind', shows: undefined })

function probe(name: 'livenessProbe' | 'readinessProbe' | 'startupProbe'): Record<string, Case> {
  const numbers = ['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'failureThreshold', 'successThreshold']
  const custom = `custom${name[0]?.toUpperCase()}${name.slice(1)}`
  return {
    [`${name}.enabled`]: { value: false, object: DEPLOYMENT, where: `${CONTAINER}.${name}`, shows: undefined },
    ...Object.fromEntries(numbers.map((key) => [`${name}.${key}`, inContainer(`${name}.${key}`, 77)])),
    [custom]: inContainer(name, { tcpSocket: { port: 'http' } }),
  }
}

function service(path: 'service' | 'metrics.service', object: string): Record<string, Case> {
  const at = (where: string, value: unknown, more: Settings = {}): Case => {
    return { value, object, where, shows: value, with: more }
  }
  return {
    [`${path}.type`]: at('spec.type', 'NodePort'),
    [`${path}.loadBalancerClass`]: at('spec.loadBalancerClass', 'internal', { [`${path}.type`]: 'LoadBalancer' }),
    [`${path}.port`]: at('spec.ports.0.port', 9000),
    [`${path}.nodePort`]: at('spec.ports.0.nodePort', 30_001, { [`${path}.type`]: 'NodePort' }),
    [`${path}.annotations`]: at('metadata.annotations', { a: 'b' }),
  }
}

function monitor(path: string, kind: string, endpoints: string): Record<string, Case> {
  const on = { [`${path}.enabled`]: true }
  const at = (where: string, value: unknown): Case => ({
    value,
    with: on,
    object: `${kind}/${NAME}`,
    where,
    shows: value,
  })
  return {
    [`${path}.enabled`]: { value: true, object: `${kind}/${NAME}` },
    [`${path}.namespace`]: at('metadata.namespace', 'monitoring'),
    [`${path}.labels`]: { ...at('metadata.labels.release', { release: 'prometheus' }), shows: 'prometheus' },
    [`${path}.annotations`]: at('metadata.annotations', { a: 'b' }),
    [`${path}.interval`]: at(`spec.${endpoints}.0.interval`, '30s'),
    [`${path}.scrapeTimeout`]: at(`spec.${endpoints}.0.scrapeTimeout`, '9s'),
    [`${path}.honorLabels`]: at(`spec.${endpoints}.0.honorLabels`, false),
    [`${path}.metricRelabelings`]: at(`spec.${endpoints}.0.metricRelabelings`, [{ action: 'labeldrop', regex: 'x' }]),
    [`${path}.relabelings`]: at(`spec.${endpoints}.0.relabelings`, [{ action: 'labeldrop', regex: 'x' }]),
  }
}

function extras(path: string, object: string, on: Settings): Record<string, Case> {
  const at = (where: string, value: unknown, shows: unknown): Case => ({ value, with: on, object, where, shows })
  return {
    [`${path}.namespace`]: at('metadata.namespace', 'monitoring', 'monitoring'),
    [`${path}.labels`]: at('metadata.labels.team', { team: 'sre' }, 'sre'),
    [`${path}.annotations`]: at('metadata.annotations', { a: 'b' }, { a: 'b' }),
  }
}

const rules = { 'metrics.prometheusRule.enabled': true }
const ingress = { 'ingress.enabled': true }
const ingressAt = (where: string, value: unknown, shows: unknown = value): Case => ({
  ...{ value, with: ingress, object: `Ingress/${NAME}` },
  ...{ where, shows },
})
const policy = { 'networkPolicy.enabled': true }
const egress = { ...policy, 'networkPolicy.egress.enabled': true }
const policyAt = (more: Settings, where: string, value: unknown, shows: unknown = value): Case => ({
  ...{ value, with: more, object: `NetworkPolicy/${NAME}` },
  ...{ where, shows },
})
const PEERS = [{ podSelector: {} }]
const account = (where: string, value: unknown): Case => ({
  value,
  object: `ServiceAccount/${NAME}`,
  where,
  shows: value,
})

export const CASES: Readonly<Record<string, Case>> = {
  nameOverride: {
    ...{ value: 'other', object: DEPLOYMENT },
    ...{ where: 'metadata.labels.app\\.kubernetes\\.io/name', shows: 'other' },
  },
  fullnameOverride: { value: '', object: 'Deployment/waxseal' },
  namespace: { value: 'elsewhere', object: DEPLOYMENT, where: 'metadata.namespace', shows: 'elsewhere' },
  extraDeploy: {
    value: ['{apiVersion: v1, kind: ConfigMap, metadata: {name: "{{ .Release.Name }}-more"}}'],
    object: 'ConfigMap/waxseal-more',
  },
  commonAnnotations: {
    value: { a: 'b' },
    object: 'ClusterRole/secrets-unsealer',
    where: 'metadata.annotations.a',
    shows: 'b',
  },
  commonLabels: { value: { a: 'b' }, object: `Service/${NAME}`, where: 'metadata.labels.a', shows: 'b' },
  'image.registry': inContainer('image', 'r.example', 'r.example/waxseal/waxseal-controller:0.1.0'),
  'image.repository': inContainer('image', 'mine', 'ghcr.io/mine:0.1.0'),
  'image.tag': inContainer('image', '9', 'ghcr.io/waxseal/waxseal-controller:9'),
  'image.digest': inContainer(
    'image',
    `sha256:${'0'.repeat(64)}`,
    `ghcr.io/waxseal/waxseal-controller@sha256:${'0'.repeat(64)}`,
  ),
  'image.pullPolicy': inContainer('imagePullPolicy', 'Always'),
  'image.pullSecrets': inPod('imagePullSecrets', ['one'], [{ name: 'one' }]),
  'crds.install': none('CustomResourceDefinition/sealedsecrets.bitnami.com'),
  replicas: { value: 2, object: DEPLOYMENT, where: 'spec.replicas', shows: 2 },
  'leaderElection.enabled': flag(false, '--leader-elect=false'),
  'leaderElection.leaseDuration': flag('15s', '--leader-elect-lease-duration=15s'),
  'leaderElection.renewDeadline': flag('1s', '--leader-elect-renew-deadline=1s'),
  'leaderElection.retryPeriod': flag('1s', '--leader-elect-retry-period=1s'),
  revisionHistoryLimit: { value: 3, object: DEPLOYMENT, where: 'spec.revisionHistoryLimit', shows: 3 },
  createController: none(DEPLOYMENT),
  secretName: flag('mine', '--key-prefix=mine'),
  updateStatus: flag(false, '--update-status=false'),
  keyrenewperiod: flag('240h', '--key-renew-period=240h'),
  keycutofftime: flag('Mon, 02 Jan 2006 15:04:05 +0000', '--key-cutoff-time=Mon, 02 Jan 2006 15:04:05 +0000'),
  keyOrderPriority: flag('SecretCreationTimestamp', '--key-order-priority=SecretCreationTimestamp'),
  privateKeyAnnotations: flag({ b: 'c', a: 'x' }, '--privatekey-annotations=a=x,b=c'),
  privateKeyLabels: flag({ a: 'b' }, '--privatekey-labels=a=b'),
  watchForSecrets: flag(false, '--watch-for-secrets=false'),
  labelSelector: flag('team=a', '--label-selector=team=a'),
  healDrift: flag(false, '--heal-drift=false'),
  skipRecreate: flag(true, '--skip-recreate'),
  maxRetries: flag(5, '--max-unseal-retries=5'),
  dryRun: flag(true, '--dry-run'),
  kubeClientQPS: flag(20, '--kubeclient-qps=20'),
  kubeClientBurst: flag(30, '--kubeclient-burst=30'),
  readTimeout: flag('3s', '--read-timeout=3s'),
  writeTimeout: flag('3s', '--write-timeout=3s'),
  logInfoStdout: flag(false, '--log-info-stdout=false'),
  'metrics.omitSecretLabels': flag(true, '--metrics-omit-secret-labels'),
  keyttl: flag('720h', '--key-ttl=720h'),
  commonName: flag('example', '--my-cn=example'),
  keySize: flag(3072, '--key-size=3072'),
  acceptDeprecatedV1Data: flag(false, '--accept-deprecated-v1-data=false'),
  rateLimit: flag(7, '--rate-limit=7'),
  rateLimitBurst: flag('0', '--rate-limit-burst=0'),
  additionalNamespaces: {
    ...flag(['team-a', 'team-b'], '--all-namespaces=false', '--additional-namespaces=team-a,team-b'),
    with: { 'rbac.clusterRole': false },
  },
  logLevel: flag('debug', '--log-level=debug'),
  logFormat: flag('json', '--log-format=json'),
  command: inContainer('command', ['node', 'x.js']),
  args: flag(['--version'], '--version'),
  extraArgs: flag(['--key-size=3072'], '--key-size=3072'),
  extraEnv: inContainer('env', [{ name: 'A', value: 'b' }]),
  ...probe('livenessProbe'),
  ...probe('readinessProbe'),
  ...probe('startupProbe'),
  'resources.limits': inContainer('resources.limits.cpu', { cpu: 1 }, 1),
  'resources.requests': inContainer('resources.requests.cpu', { cpu: '2' }, '2'),
  'podSecurityContext.enabled': { ...inPod('securityContext', false), shows: undefined },
  'podSecurityContext.runAsNonRoot': inPod('securityContext.runAsNonRoot', false),
  'podSecurityContext.runAsUser': inPod('securityContext.runAsUser', 7),
  'podSecurityContext.runAsGroup': inPod('securityContext.runAsGroup', 7),
  'podSecurityContext.seccompProfile.type': inPod('securityContext.seccompProfile.type', 'Localhost'),
  'containerSecurityContext.enabled': { ...inContainer('securityContext', false), shows: undefined },
  'containerSecurityContext.readOnlyRootFilesystem': inContainer('securityContext.readOnlyRootFilesystem', false),
  'containerSecurityContext.allowPrivilegeEscalation': inContainer('securityContext.allowPrivilegeEscalation', true),
  'containerSecurityContext.capabilities.drop': inContainer('securityContext.capabilities.drop', ['NET_RAW']),
  hostUsers: inPod('hostUsers', false),
  podLabels: { value: { a: 'b' }, object: DEPLOYMENT, where: 'spec.template.metadata.labels.a', shows: 'b' },
  podAnnotations: { value: { a: 'b' }, object: DEPLOYMENT, where: 'spec.template.metadata.annotations.a', shows: 'b' },
  priorityClassName: inPod('priorityClassName', 'system-cluster-critical'),
  runtimeClassName: inPod('runtimeClassName', 'gvisor'),
  affinity: inPod('affinity', { nodeAffinity: {} }),
  nodeSelector: inPod('nodeSelector', { a: 'b' }),
  tolerations: inPod('tolerations', [{ operator: 'Exists' }]),
  topologySpreadConstraints: inPod('topologySpreadConstraints', [
    { maxSkew: 2, topologyKey: 'x', whenUnsatisfiable: 'DoNotSchedule' },
  ]),
  terminationGracePeriodSeconds: inPod('terminationGracePeriodSeconds', 5),
  additionalVolumes: inPod('volumes', [{ name: 'x', emptyDir: {} }]),
  additionalVolumeMounts: inContainer('volumeMounts', [{ name: 'x', mountPath: '/x' }]),
  hostNetwork: inPod('hostNetwork', true),
  'containerPorts.http': flag(9000, '--listen-addr=:9000'),
  'containerPorts.metrics': flag(9001, '--listen-metrics-addr=:9001'),
  'hostPorts.http': inContainer('ports.0.hostPort', 80),
  'hostPorts.metrics': inContainer('ports.1.hostPort', 81),
  dnsPolicy: inPod('dnsPolicy', 'ClusterFirstWithHostNet'),
  ...service('service', `Service/${NAME}`),
  'ingress.enabled': { value: true, object: `Ingress/${NAME}` },
  'ingress.pathType': ingressAt('spec.rules.0.http.paths.0.pathType', 'Prefix'),
  'ingress.ingressClassName': ingressAt('spec.ingressClassName', 'nginx'),
  'ingress.hostname': ingressAt('spec.rules.0.host', 'seal.example'),
  'ingress.path': ingressAt('spec.rules.0.http.paths.0.path', '/cert'),
  'ingress.annotations': ingressAt('metadata.annotations', { a: 'b' }),
  'ingress.tls': ingressAt('spec.tls.0.secretName', true, 'sealed-secrets.local-tls'),
  'ingress.extraHosts': ingressAt('spec.rules.1.host', [{ name: 'more.example' }], 'more.example'),
  'ingress.extraPaths': ingressAt('spec.rules.0.http.paths.0.path', [{ path: '/more', pathType: 'Exact' }], '/more'),
  'ingress.extraTls': ingressAt('spec.tls', [{ hosts: ['x'], secretName: 'y' }]),
  'networkPolicy.enabled': { value: true, object: `NetworkPolicy/${NAME}` },
  'networkPolicy.httpFrom': policyAt(policy, 'spec.ingress.0.from', PEERS),
  'networkPolicy.metricsFrom': policyAt(policy, 'spec.ingress.1.from', PEERS),
  'networkPolicy.egress.enabled': policyAt(policy, 'spec.policyTypes', true, ['Ingress', 'Egress']),
  'networkPolicy.egress.kubeapiCidr': policyAt(egress, 'spec.egress.1.to.0.ipBlock.cidr', '10.0.0.1/32'),
  'networkPolicy.egress.kubeapiPort': policyAt(egress, 'spec.egress.1.ports', 8443, [{ port: 8443, protocol: 'TCP' }]),
  'networkPolicy.egress.dnsTo': policyAt(egress, 'spec.egress.0.to', PEERS),
  'serviceAccount.create': none(`ServiceAccount/${NAME}`),
  'serviceAccount.annotations': account('metadata.annotations', { a: 'b' }),
  'serviceAccount.labels': { ...account('metadata.labels.a', { a: 'b' }), shows: 'b' },
  'serviceAccount.name': inPod('serviceAccountName', 'mine'),
  'rbac.create': none('ClusterRole/secrets-unsealer'),
  'rbac.clusterRole': flag(false, '--all-namespaces=false'),
  'rbac.clusterRoleName': { value: 'mine', object: `ClusterRoleBinding/${NAME}`, where: 'roleRef.name', shows: 'mine' },
  'rbac.namespacedRolesName': {
    ...{ value: 'mine', with: { 'rbac.clusterRole': false } },
    ...{ object: 'RoleBinding/mine', where: 'roleRef.name', shows: 'mine' },
  },
  'rbac.labels': { value: { a: 'b' }, object: 'ClusterRole/secrets-unsealer', where: 'metadata.labels.a', shows: 'b' },
  'rbac.serviceProxier.create': none('Role/sealed-secrets-service-proxier'),
  'rbac.serviceProxier.bind': none('RoleBinding/sealed-secrets-service-proxier'),
  'rbac.serviceProxier.subjects': {
    value: [{ kind: 'Group', name: 'team', apiGroup: 'rbac.authorization.k8s.io' }],
    object: 'RoleBinding/sealed-secrets-service-proxier',
    where: 'subjects.0.name',
    shows: 'team',
  },
  ...service('metrics.service', `Service/${NAME}-metrics`),
  ...monitor('metrics.serviceMonitor', 'ServiceMonitor', 'endpoints'),
  ...monitor('metrics.podMonitor', 'PodMonitor', 'podMetricsEndpoints'),
  'metrics.prometheusRule.enabled': { value: true, object: `PrometheusRule/${NAME}` },
  ...extras('metrics.prometheusRule', `PrometheusRule/${NAME}`, rules),
  'metrics.prometheusRule.groups': {
    ...{ value: [{ name: 'mine', rules: [] }], with: rules, object: `PrometheusRule/${NAME}` },
    ...{ where: 'spec.groups', shows: [{ name: 'mine', rules: [] }] },
  },
  'metrics.prometheusRule.runbookUrl': {
    ...{ value: 'https://wiki.example', with: rules, object: `PrometheusRule/${NAME}` },
    ...{ where: 'spec.groups.0.rules.0.annotations.runbook_url' },
    ...{ shows: 'https://wiki.example/WaxsealControllerAbsent.md' },
  },
  'metrics.dashboards.create': { value: true, object: `ConfigMap/${NAME}-dashboard` },
  ...extras('metrics.dashboards', `ConfigMap/${NAME}-dashboard`, { 'metrics.dashboards.create': true }),
  'pdb.create': { value: true, object: `PodDisruptionBudget/${NAME}` },
  'pdb.minAvailable': {
    ...{ value: 2, with: { 'pdb.create': true }, object: `PodDisruptionBudget/${NAME}` },
    ...{ where: 'spec.minAvailable', shows: 2 },
  },
  'pdb.maxUnavailable': {
    ...{ value: '50%', with: { 'pdb.create': true }, object: `PodDisruptionBudget/${NAME}` },
    ...{ where: 'spec', shows: { maxUnavailable: '50%', selector: { matchLabels: { name: NAME } } } },
  },
}
