import { keyOf } from '../../../src/state.ts'
import { MemoryStore, type MemoryStoreOptions } from '../../../src/stores/memory/index.ts'
import type { World } from '../world.ts'

export function memoryWorld(options: MemoryStoreOptions = {}): World & { readonly store: MemoryStore } {
  const store = new MemoryStore(options)
  return {
    store,
    openStore: async () => store,
    namespace: 'shop',
    collectsGarbage: true,
    putSealedSecret: async (manifest) => void store.putSealedSecret(manifest),
    removeSealedSecret: async (ref) => store.removeSealedSecret(ref),
    putSecret: async (secret) => void store.putSecret(secret),
    removeSecret: async (ref) => store.removeSecret(ref),
    putKey: async (name, key) => void store.putKey(name, key),
    removeKey: async (name) => store.removeKey(name),
    readSecret: async (ref) => store.peek(ref),
    readStatus: async (ref) => store.sealedSecret(ref)?.status,
    readEvents: async (ref) => store.events.filter((event) => keyOf(event.regarding) === keyOf(ref)),
    readCertificate: async () => store.publishedCertificate,
    close: async () => {},
  }
}
