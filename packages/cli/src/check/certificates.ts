import { type ClusterOptions, CONTROLLER } from '../cluster/cluster.ts'
import type { Context } from '../context.ts'
import { fetchCertificate, parseFetched } from '../io/certificate.ts'
import { describe, UsageError } from '../messages.ts'
import { type Finding, START } from './finding.ts'
import type { KeyFacts } from './rules/key-facts.ts'

const DAY = 24 * 60 * 60 * 1000
/** How early an end is told: as long as a key of the controller is the newest. */
const NOTICE = 30 * DAY

export interface Certificates {
  readonly keys: readonly KeyFacts[]
  readonly findings: readonly Finding[]
}

/** Reads the certificates of the files. @throws UsageError where one is none: without it, nothing could be said of any value */
export async function readCertificates(context: Context, paths: readonly string[]): Promise<Certificates> {
  const keys: KeyFacts[] = []
  const findings: Finding[] = []
  for (const path of paths) {
    const { fingerprint, bits, notAfter } = await load(context, path)
    keys.push({ fingerprint, bits })
    const left = notAfter.getTime() - context.now().getTime()
    const end = notAfter.toISOString().slice(0, 10)
    if (left < 0)
      findings.push({ rule: 'expired-certificate', message: `the certificate expired on ${end}`, path, ...START })
    else if (left < NOTICE) {
      const message = `the certificate expires on ${end}: fetch the newest one`
      findings.push({ rule: 'expiring-certificate', message, path, ...START })
    }
  }
  return { keys, findings }
}

/** A certificate that is in a file needs no cluster. */
const UNUSED: ClusterOptions = {
  kubeconfig: undefined,
  context: undefined,
  controllerName: CONTROLLER.name,
  controllerNamespace: CONTROLLER.namespace,
}

async function load(context: Context, path: string): ReturnType<typeof parseFetched> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new UsageError(`--cert ${path}: check works offline and takes files only`, {
      hint: 'waxseal cert --cert URL -w cert.pem fetches it',
    })
  }
  try {
    return await parseFetched(await fetchCertificate(context, { cert: path, cluster: UNUSED }))
  } catch (error) {
    const { message, hint } = describe(error)
    throw new UsageError(message, { hint, cause: error })
  }
}
