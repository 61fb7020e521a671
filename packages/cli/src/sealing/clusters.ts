/** Certificates of one or more clusters. */
import { basename, extname } from 'node:path'
import type { Certificate } from '@waxseal/core'
import type { ClusterOptions } from '../cluster/cluster.ts'
import type { Context } from '../context.ts'
import { loadSealingCertificate } from '../io/certificate.ts'
import { UsageError } from '../messages.ts'

/** A certificate as it is named by `--cert [CLUSTER=]FILE|URL`. */
export interface NamedCertificate {
  readonly cluster: string
  /** Undefined: the controller of the cluster is asked. */
  readonly cert: string | undefined
}

const NAMED = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/s

/**
 * What the flags name, each cluster once. A cluster is called what stands before `=`, else as the file without its folder and extension;
 * a file whose name has a `=` is taken as it is. Throws UsageError for two of one name.
 */
export function namedCertificates(context: Context, certs: readonly string[]): readonly NamedCertificate[] {
  if (certs.length === 0) return [{ cluster: 'cluster', cert: undefined }]
  const named = certs.map((text) => {
    const [, cluster, cert] = NAMED.exec(text) ?? []
    const isName = cluster !== undefined && cert !== undefined && !context.files.exists(text)
    return isName ? { cluster, cert } : { cluster: basename(text, extname(text)), cert: text }
  })
  const twice = named.find(({ cluster }, i) => named.findIndex((each) => each.cluster === cluster) !== i)
  if (twice === undefined) return named
  throw new UsageError(`--cert: two certificates are called ${JSON.stringify(twice.cluster)}`, {
    hint: 'name the clusters: --cert staging=FILE --cert prod=FILE',
  })
}

export interface SealingCluster {
  readonly name: string
  readonly certificate: Certificate
}

/** All certificates, checked. Throws CliError for the first that cannot be sealed with. */
export async function loadClusters(
  context: Context,
  named: readonly NamedCertificate[],
  cluster: ClusterOptions,
): Promise<readonly SealingCluster[]> {
  const clusters: SealingCluster[] = []
  for (const { cluster: name, cert } of named) {
    clusters.push({ name, certificate: await loadSealingCertificate(context, { cert, cluster }) })
  }
  return clusters
}
