/** The SealedSecrets of a cluster, a page at a time, and what they need. */
import { parseSealedSecret, WaxsealError } from '@waxseal/core'
import { at, listed, textsIn } from '../../cluster/answer.ts'
import { textOf } from '../../cluster/kubeconfig.ts'
import type { Api } from '../../cluster/service.ts'
import { CliError, describe } from '../../messages.ts'
import { mapSome } from '../../reseal/bounded.ts'
import type { Verifier } from '../../reseal/verify.ts'
import type { Need } from './need.ts'
import { needOf } from './opening.ts'

const PATH = '/apis/bitnami.com/v1alpha1/sealedsecrets'
const PAGE = 500
const IN_FLIGHT = 32

/** Every page of the list, as the API server has it. None where it does not know the kind. */
export async function* sealedSecretPages(api: Api): AsyncGenerator<readonly unknown[]> {
  let next = ''
  do {
    const from = next === '' ? '' : `&continue=${encodeURIComponent(next)}`
    const answer = await api.get(`${PATH}?limit=${PAGE}${from}`)
    if (answer.status === 404) return
    if (answer.status !== 200) {
      throw new CliError(`the API server at ${api.server} answered ${answer.status} when asked for the SealedSecrets`, {
        hint: answer.status === 403 ? 'the right to list on sealedsecrets is missing' : 'try again',
      })
    }
    const parsed: unknown = JSON.parse(answer.body)
    yield listed(at(parsed, 'items'))
    next = textOf(at(at(parsed, 'metadata'), 'continue')) ?? ''
  } while (next !== '')
}

/**
 * From the controller's status where it is about the present generation; else by opening, if there is a verifier. Only what `keep`
 * wants is kept, so that thousands of others weigh nothing.
 */
export async function needsOfCluster(
  api: Api,
  verifier: Verifier | undefined,
  keep: (need: Need) => boolean,
): Promise<Need[]> {
  const needs: Need[] = []
  for await (const page of sealedSecretPages(api)) {
    const found = await mapSome(page, IN_FLIGHT, (item) => needOfObject(item, verifier))
    needs.push(...found.filter(keep))
  }
  return needs
}

async function needOfObject(item: unknown, verifier: Verifier | undefined): Promise<Need> {
  const metadata = at(item, 'metadata')
  const known = {
    namespace: textOf(at(metadata, 'namespace')) ?? '',
    name: textOf(at(metadata, 'name')) ?? '',
    where: 'cluster',
    items: Object.keys(Object(at(at(item, 'spec'), 'encryptedData'))),
  }
  const keys = provenKeys(item)
  if (keys !== undefined) return { ...known, keys, unknown: undefined }
  if (verifier === undefined) return { ...known, keys: [], unknown: 'its controller has not said yet what opens it' }
  try {
    return await needOf(parseSealedSecret(item), 'cluster', verifier)
  } catch (error) {
    if (!(error instanceof WaxsealError)) throw error
    return { ...known, keys: [], unknown: describe(error).message }
  }
}

/** The fingerprints of the keys that a controller did open it with. Undefined where that is not said of what it is now. */
export function provenKeys(item: unknown): readonly string[] | undefined {
  const status = at(item, 'status')
  const isPresent = at(status, 'observedGeneration') === at(at(item, 'metadata'), 'generation')
  const keys = textsIn(at(status, 'sealedWith'))
  return isPresent && keys.length > 0 ? keys : undefined
}
