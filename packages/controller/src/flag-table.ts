/** The flags of the controller: names and defaults are Bitnami's where it has them. */

export type FlagName =
  | 'directory'
  | 'once'
  | 'kubeconfig'
  | 'namespace'
  | 'all-namespaces'
  | 'additional-namespaces'
  | 'key-prefix'
  | 'key-size'
  | 'key-ttl'
  | 'my-cn'
  | 'key-renew-period'
  | 'rotate-period'
  | 'key-order-priority'
  | 'key-cutoff-time'
  | 'privatekey-annotations'
  | 'privatekey-labels'
  | 'watch-for-secrets'
  | 'accept-deprecated-v1-data'
  | 'update-status'
  | 'label-selector'
  | 'skip-recreate'
  | 'heal-drift'
  | 'old-gc-behavior'
  | 'max-unseal-retries'
  | 'kubeclient-qps'
  | 'kubeclient-burst'
  | 'dry-run'
  | 'rate-limit'
  | 'rate-limit-burst'
  | 'leader-elect'
  | 'leader-elect-lease-duration'
  | 'leader-elect-renew-deadline'
  | 'leader-elect-retry-period'
  | 'leader-elect-resource-name'
  | 'listen-addr'
  | 'listen-metrics-addr'
  | 'read-timeout'
  | 'write-timeout'
  | 'metrics-omit-secret-labels'
  | 'log-level'
  | 'log-format'
  | 'log-info-stdout'
  | 'version'

export interface Flag {
  readonly name: FlagName
  /** Shown in the help; undefined for a switch. */
  readonly value?: string
  readonly fallback: string
  readonly help: string
}

/** In the order of the help. */
export const FLAGS: readonly Flag[] = [
  {
    name: 'directory',
    value: 'DIR',
    fallback: '',
    help: 'work on a folder instead of a cluster: DIR/sealed in, DIR/secrets out',
  },
  { name: 'once', fallback: 'false', help: 'open what is there and exit: 0 if all opened, 1 if not' },
  { name: 'kubeconfig', value: 'FILE', fallback: '', help: 'cluster to work on, when not running inside of it' },
  {
    name: 'namespace',
    value: 'NAME',
    fallback: '',
    help: "the controller's own namespace, where its keys are (default: that of the Pod, or kube-system)",
  },
  { name: 'all-namespaces', fallback: 'true', help: 'watch all namespaces, or only its own' },
  {
    name: 'additional-namespaces',
    value: 'LIST',
    fallback: '',
    help: 'comma separated namespaces to watch beside its own, and then no others',
  },
  { name: 'key-prefix', value: 'PREFIX', fallback: 'sealed-secrets-key', help: 'beginning of the name of key Secrets' },
  { name: 'key-size', value: 'BITS', fallback: '4096', help: 'size of new keys' },
  { name: 'key-ttl', value: 'DURATION', fallback: '87600h0m0s', help: 'validity of new certificates' },
  { name: 'my-cn', value: 'NAME', fallback: '', help: 'common name of new certificates' },
  {
    name: 'key-renew-period',
    value: 'DURATION',
    fallback: '720h0m0s',
    help: 'make a new key when the newest is this old; 0 for never',
  },
  { name: 'rotate-period', value: 'DURATION', fallback: '', help: 'deprecated name of --key-renew-period' },
  {
    name: 'key-cutoff-time',
    value: 'TIME',
    fallback: '',
    help: 'make a new key when the newest is from before, e.g. "Mon, 02 Jan 2006 15:04:05 +0000"',
  },
  {
    name: 'key-order-priority',
    value: 'ORDER',
    fallback: 'CertNotBefore',
    help: 'what makes a key the newest: CertNotBefore or SecretCreationTimestamp',
  },
  {
    name: 'privatekey-annotations',
    value: 'LIST',
    fallback: '',
    help: 'comma separated NAME=VALUE annotations of new key Secrets',
  },
  {
    name: 'privatekey-labels',
    value: 'LIST',
    fallback: '',
    help: 'comma separated NAME=VALUE labels of new key Secrets',
  },
  {
    name: 'watch-for-secrets',
    fallback: 'true',
    help: 'follow key Secrets that others add, relabel, change or remove; else read them at start',
  },
  {
    name: 'label-selector',
    value: 'SELECTOR',
    fallback: '',
    help: 'only SealedSecrets with these labels, e.g. team=a,tier!=test',
  },
  { name: 'accept-deprecated-v1-data', fallback: 'true', help: 'open the deprecated spec.data' },
  { name: 'update-status', fallback: 'true', help: 'write the status of SealedSecrets' },
  {
    name: 'skip-recreate',
    fallback: 'false',
    help: 'do not watch Secrets: one that is deleted or changed is put right when its SealedSecret changes, or at start',
  },
  {
    name: 'heal-drift',
    fallback: 'true',
    help: 'put a Secret right that somebody changed; false: only make a deleted one again',
  },
  {
    name: 'old-gc-behavior',
    fallback: 'false',
    help: 'delete the Secret of a deleted SealedSecret instead of leaving that to Kubernetes',
  },
  {
    name: 'max-unseal-retries',
    value: 'NUMBER',
    fallback: '-1',
    help: 'give an object up after so many retries, until it, its Secret or the keys change; -1 for never',
  },
  { name: 'dry-run', fallback: 'false', help: 'open and compare, log what would be written, and write nothing at all' },
  {
    name: 'kubeclient-qps',
    value: 'NUMBER',
    fallback: '-1',
    help: 'requests a second to the API server, in the long run; negative for no limit, 0 for 5',
  },
  {
    name: 'kubeclient-burst',
    value: 'NUMBER',
    fallback: '10',
    help: 'with --kubeclient-qps: requests that may go at once',
  },
  {
    name: 'rate-limit',
    value: 'NUMBER',
    fallback: '2',
    help: 'requests a second to /v1/verify, and as many to /v1/rotate, that one client may keep up',
  },
  { name: 'rate-limit-burst', value: 'NUMBER', fallback: '2', help: 'requests beyond that which may come at once' },
  {
    name: 'leader-elect',
    fallback: 'true',
    help: 'in a cluster: agree with other replicas over a Lease, one works and all serve',
  },
  {
    name: 'leader-elect-lease-duration',
    value: 'DURATION',
    fallback: '3s',
    help: 'how long replicas wait after the last renewal of a Lease before one takes it over; whole seconds',
  },
  {
    name: 'leader-elect-renew-deadline',
    value: 'DURATION',
    fallback: '2s',
    help: 'how long the leader works on without renewing; less than the duration',
  },
  {
    name: 'leader-elect-retry-period',
    value: 'DURATION',
    fallback: '500ms',
    help: 'time between two tries to get or renew the Lease; less than the deadline',
  },
  {
    name: 'leader-elect-resource-name',
    value: 'NAME',
    fallback: 'sealed-secrets-controller',
    help: "name of the Lease, in the controller's namespace",
  },
  { name: 'listen-addr', value: 'ADDRESS', fallback: ':8080', help: 'address of the HTTP server' },
  { name: 'listen-metrics-addr', value: 'ADDRESS', fallback: ':8081', help: 'address of the metrics server' },
  {
    name: 'read-timeout',
    value: 'DURATION',
    fallback: '10s',
    help: 'time for a client to send its request; the headers have 5s at most',
  },
  { name: 'write-timeout', value: 'DURATION', fallback: '2m0s', help: 'time for an answer to be made and read' },
  {
    name: 'metrics-omit-secret-labels',
    fallback: 'false',
    help: 'leave out the metric that names every SealedSecret',
  },
  { name: 'log-level', value: 'LEVEL', fallback: 'info', help: 'debug, info, warn or error' },
  { name: 'log-format', value: 'FORMAT', fallback: 'text', help: 'text or json' },
  { name: 'log-info-stdout', fallback: 'true', help: 'log debug and info to stdout, warnings and errors to stderr' },
  { name: 'version', fallback: 'false', help: 'print the version and exit' },
]
