/** What commands want from a cluster. */

/** Where the cluster and the controller are; unset fields fall back to the kubeconfig. */
export interface ClusterOptions {
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  readonly controllerName: string
  readonly controllerNamespace: string
  readonly overrides?: ConnectionOverrides
}

/** kubectl's connection flags. */
export interface ConnectionOverrides {
  readonly cluster?: string | undefined
  readonly user?: string | undefined
  readonly server?: string | undefined
  readonly tlsServerName?: string | undefined
  readonly insecureSkipTlsVerify?: boolean | undefined
  readonly certificateAuthority?: string | undefined
  readonly proxyUrl?: string | undefined
  readonly token?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly clientCertificate?: string | undefined
  readonly clientKey?: string | undefined
  readonly as?: string | undefined
  readonly asUid?: string | undefined
  readonly asGroups?: readonly string[]
  /** Seconds; undefined means the default. */
  readonly requestTimeout?: number | undefined
}

export interface FoundCertificate {
  /** PEM. */
  readonly text: string
  /** For messages: where it was found. */
  readonly origin: string
  /** What the person should know of how it was found. */
  readonly note?: string
}

export interface Cluster {
  /** For messages: `Service NAMESPACE/NAME at SERVER`. */
  readonly service: string
  /** The controller's newest certificate, unchecked; CliError says what is wrong and what to try. */
  certificate(): Promise<FoundCertificate>
  /** The controller's key Secrets, newest first, where the person may read them; CliError otherwise. */
  keySecrets(): Promise<readonly unknown[]>
  /** Asks the controller about a SealedSecret; any status that is the controller's own. CliError for all others. */
  post(path: ControllerPath, sealed: unknown): Promise<ControllerAnswer>
  /** Ends the connections that posting keeps. */
  close(): Promise<void>
}

/** `only=outdated`: values sealed for the newest key may stay; Bitnami's controller seals all anew. */
export type ControllerPath = '/v1/verify' | '/v1/rotate' | '/v1/rotate?only=outdated'

export interface ControllerAnswer {
  readonly status: 200 | 400 | 409 | 413
  readonly body: string
}

export const CONTROLLER = { name: 'sealed-secrets-controller', namespace: 'kube-system' } as const
