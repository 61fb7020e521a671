/** What seals again: private keys at hand, or the controller. */
import {
  type Certificate,
  decodeBase64,
  type KeyRing,
  keyRing,
  parseSealedSecret,
  resealItems,
  type SealedSecret,
  splitEnvelope,
  UnsealError,
} from '@waxseal/core'
import { readDocuments } from '@waxseal/core/documents'
import type { Cluster, ControllerAnswer, ControllerPath } from '../cluster/cluster.ts'
import { CliError } from '../messages.ts'
import { noteOf } from './rewrite.ts'

export interface Engine {
  /** Of the key that values are sealed for. */
  readonly fingerprint: string
  /** SealedSecrets in work at a time. */
  readonly inFlight: number
  /**
   * The new `encryptedData`; values that are current already may be returned as they are. WaxsealError or Refused says
   * why this one cannot be sealed again; any other error ends the run.
   */
  reseal(sealed: SealedSecret): Promise<Outcome>
}

interface Outcome {
  readonly encryptedData: Readonly<Record<string, string>>
  /** No key at hand opens it, but its note says that it is sealed for the newest key. */
  readonly believed: boolean
}

/** The controller does not take this one SealedSecret. */
export class Refused extends CliError {
  override readonly name: string = 'Refused'
}

/** Enough to keep every core busy with RSA while other files are read and written. */
const OFFLINE = 32
/** The controller allows two requests a second. */
const ONLINE = 2

export function offline(ring: KeyRing, certificate: Certificate): Engine {
  const { fingerprint } = certificate
  const ordered = learning(newestFirst(ring, fingerprint))
  const hasNewest = ring.keys.some((key) => key.fingerprint === fingerprint)
  return {
    fingerprint,
    inFlight: OFFLINE,
    async reseal(sealed) {
      try {
        const encryptedData = await resealItems(sealed, { ring: ordered, certificate, onlyOutdated: true })
        return { encryptedData, believed: false }
      } catch (error) {
        // A run that was interrupted leaves such ones; with the old keys alone nothing more can be known.
        const isNoted = noteOf(sealed) === fingerprint && error instanceof UnsealError && error.code === 'no-key'
        if (!isNoted || hasNewest) throw error
        return { encryptedData: sealed.spec.encryptedData, believed: true }
      }
    },
  }
}

function newestFirst({ keys }: KeyRing, fingerprint: string): KeyRing {
  return keyRing(
    [...keys].sort((a, b) => Number(b.fingerprint === fingerprint) - Number(a.fingerprint === fingerprint)),
  )
}

/**
 * Tries the key first that opened the value before: a repository is mostly sealed with one, and each wrong key costs a
 * whole RSA operation. What a SealedSecret itself says of its key goes before that. The first value goes alone, for the
 * others to learn from it.
 */
export function learning(ring: KeyRing): KeyRing {
  if (ring.keys.length < 2) return ring
  let last: readonly string[] = []
  let first: Promise<unknown> | undefined
  const learn: KeyRing['open'] = async (envelope, label) => {
    const opened = await ring.open(envelope, label, last)
    last = [opened.fingerprint]
    return opened
  }
  return {
    keys: ring.keys,
    async open(envelope, label, hint = []) {
      if (hint.length > 0) return ring.open(envelope, label, hint)
      if (first !== undefined) await first
      const opening = learn(envelope, label)
      first ??= opening.catch(() => undefined)
      return opening
    },
  }
}

export function online(cluster: Cluster, certificate: Certificate): Engine {
  return {
    fingerprint: certificate.fingerprint,
    inFlight: ONLINE,
    async reseal(sealed) {
      return { encryptedData: await rotate(cluster, '/v1/rotate?only=outdated', sealed), believed: false }
    },
  }
}

/** The new `encryptedData`, made by the controller. Refused says why it does not take this SealedSecret. */
export async function rotate(
  cluster: Cluster,
  path: ControllerPath,
  sealed: SealedSecret,
): Promise<Record<string, string>> {
  const answer = await cluster.post(path, sealed)
  if (answer.status !== 200) throw new Refused(refusalOf(answer), { hint: HINTS[answer.status] })
  return itemsOf(answer, sealed, cluster)
}

const HINTS = {
  400: 'a controller that cannot read it does not open it when it is applied, either',
  409: 'the controller has no key that opens it under this name, namespace and scope',
  413: 'use private keys, waxseal reseal --key FILE, which knows no limit',
} as const

/** Why, in the words of the controller where they are plain text. */
export function refusalOf({ status, body }: ControllerAnswer): string {
  if (status === 409) return 'the controller cannot open it (409)'
  if (status === 413) return 'it is larger than the controller takes (413)'
  const [line = ''] = body.trim().split('\n')
  return `the controller refuses it (400)${/^[\x20-\x7e]{1,300}$/.test(line) ? `: ${line}` : ''}`
}

/** Only the values are taken from the answer, and only where they can be sealed values of the same keys. */
async function itemsOf(
  { body }: ControllerAnswer,
  sealed: SealedSecret,
  cluster: Cluster,
): Promise<Record<string, string>> {
  const before = Object.keys(sealed.spec.encryptedData)
  try {
    const [document] = await readDocuments(body)
    const after = parseSealedSecret(document?.value).spec.encryptedData
    for (const text of Object.values(after)) splitEnvelope(decodeBase64(text))
    if (before.length === Object.keys(after).length && before.every((key) => Object.hasOwn(after, key))) return after
  } catch (cause) {
    throw strange(cluster, cause)
  }
  throw strange(cluster)
}

function strange({ service }: Cluster, cause?: unknown): CliError {
  return new CliError(`${service} answered something that is not the SealedSecret it was sent`, {
    cause,
    hint: 'is that the controller, and not something else? Nothing of the answer was used',
  })
}
