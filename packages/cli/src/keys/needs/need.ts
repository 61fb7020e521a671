/** Which SealedSecrets need which keys: facts only. */

export interface Need {
  readonly namespace: string
  readonly name: string
  /** For people: the cluster, a file, or a file of git's history. */
  readonly where: string
  /** Of its values. */
  readonly items: readonly string[]
  /** Fingerprints of the keys that opened its values. */
  readonly keys: readonly string[]
  /** Why it may need any key, beyond those: nobody could say what opens all of it. */
  readonly unknown: string | undefined
}

/** Whether deleting or retiring the key could lock the SealedSecret. What is not known counts. */
export function mayNeed({ keys, unknown }: Need, fingerprint: string | undefined): boolean {
  return unknown !== undefined || (fingerprint !== undefined && keys.includes(fingerprint))
}

/** `2 SealedSecrets need it, or may`, as far as they may need the key; undefined where none does. */
export function neededBy(needs: readonly Need[], fingerprint: string | undefined): string | undefined {
  const count = needs.filter((need) => mayNeed(need, fingerprint)).length
  if (count === 0) return undefined
  return count === 1 ? '1 SealedSecret needs it, or may' : `${count} SealedSecrets need it, or may`
}

/** `shop/db` or what else is known. */
export const needTitle = ({ namespace, name, where }: Need): string =>
  name === '' ? where : `${namespace === '' ? '' : `${namespace}/`}${name} (${where})`
