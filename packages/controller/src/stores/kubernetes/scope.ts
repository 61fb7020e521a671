/** The caches of one namespace, or of the whole cluster. */
import { keyOf, type ObjectKey, type SecretMeta } from '../../state.ts'
import { type Fields, fields, text } from './fields.ts'
import { isRelevantChange, type KeptSealedSecret, sealedSecretEntry } from './sealed-secrets.ts'
import { isOurs, secretMeta } from './secrets.ts'
import { Table } from './table.ts'

export interface ScopeHandlers {
  sealedSecret(key: ObjectKey): void
  secret(key: ObjectKey): void
}

export class Scope {
  /** Undefined for the whole cluster. */
  readonly namespace: string | undefined
  readonly sealed: Table<KeptSealedSecret>
  readonly secrets: Table<SecretMeta>

  constructor(namespace: string | undefined, handlers: ScopeHandlers) {
    this.namespace = namespace
    this.sealed = new Table<KeptSealedSecret>({
      entryOf: sealedSecretEntry,
      changed: (key, before, after) => {
        if (after === undefined) this.#forgetSecret(key)
        if (isRelevantChange(before, after)) handlers.sealedSecret(key)
      },
    })
    this.secrets = new Table<SecretMeta>({
      entryOf: (object) => this.secretToKeep(fields(object.metadata)),
      changed: (key, before, after) => {
        // A removal is told also of a Secret that was not kept, when a SealedSecret wants to have that name.
        if (before !== undefined || after !== undefined || this.sealed.get(key) !== undefined) handlers.secret(key)
      },
    })
  }

  /**
   * What the cache keeps of a Secret. Of the Secrets in a cluster (thousands of Helm releases, say) only those that
   * reconciling can ask for: controlled by a SealedSecret, annotated as managed or patched, or named like a
   * SealedSecret that is known at that time. A Secret that was there before the SealedSecret of its name therefore is
   * not in the cache. That is safe: creating it fails with `exists`, the reconciler reads the live Secret, and the
   * read puts it here (`Table.during`), from where on the watch keeps it up to date.
   */
  secretToKeep(metadata: Fields): SecretMeta | undefined {
    const key = keyOf({ namespace: text(metadata.namespace), name: text(metadata.name) })
    return isOurs(metadata) || this.sealed.get(key) !== undefined ? secretMeta(metadata) : undefined
  }

  /** A Secret that was kept only for its name is not needed once the SealedSecret of that name is gone. */
  #forgetSecret(key: ObjectKey): void {
    const secret = this.secrets.get(key)
    if (secret !== undefined && !isOurs({ ...secret })) this.secrets.forget(key)
  }
}
