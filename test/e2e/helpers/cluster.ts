/** Reads and writes objects of a cluster, as administrator. */
import type { ControlPlane } from '../../kube/control-plane.ts'
import {
  collectionPath,
  type ListOf,
  type NewObject,
  type StoredEvent,
  type StoredObject,
  type StoredSealedSecret,
  type StoredSecret,
} from './objects.ts'

export class Cluster {
  readonly plane: ControlPlane

  constructor(plane: ControlPlane) {
    this.plane = plane
  }

  create<T extends StoredObject>(object: NewObject): Promise<T> {
    const path = collectionPath(object.kind, object.metadata.namespace)
    return this.plane.api.object<T>(path, { method: 'POST', body: object })
  }

  /** Creates the object, or replaces what is there but for its status. */
  async put<T extends StoredObject>(object: NewObject): Promise<T> {
    const path = `${collectionPath(object.kind, object.metadata.namespace)}/${object.metadata.name}`
    const before = await this.plane.api.find<T>(path)
    if (before === undefined) return this.create(object)
    const { resourceVersion } = before.metadata
    const body = { ...object, metadata: { ...object.metadata, resourceVersion } }
    return this.plane.api.object<T>(path, { method: 'PUT', body })
  }

  patch(kind: string, namespace: string, name: string, body: object): Promise<StoredObject> {
    const contentType = 'application/merge-patch+json'
    const path = `${collectionPath(kind, namespace)}/${name}`
    return this.plane.api.object(path, { method: 'PATCH', body, contentType })
  }

  async delete(kind: string, namespace: string, name: string): Promise<void> {
    await this.plane.api.object(`${collectionPath(kind, namespace)}/${name}`, { method: 'DELETE' })
  }

  namespace(name: string): Promise<StoredObject> {
    return this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }

  find<T extends StoredObject>(kind: string, namespace: string, name: string): Promise<T | undefined> {
    return this.plane.api.find<T>(`${collectionPath(kind, namespace)}/${name}`)
  }

  secret(namespace: string, name: string): Promise<StoredSecret | undefined> {
    return this.find('Secret', namespace, name)
  }

  sealedSecret(namespace: string, name: string): Promise<StoredSealedSecret | undefined> {
    return this.find('SealedSecret', namespace, name)
  }

  async list<T extends StoredObject>(kind: string, namespace?: string): Promise<readonly T[]> {
    return (await this.plane.api.object<ListOf<T>>(collectionPath(kind, namespace))).items
  }

  /** Version of every object that the controller could have written, as `NAMESPACE/NAME VERSION`. */
  async versions(): Promise<string[]> {
    const kinds = ['Secret', 'SealedSecret', 'ConfigMap', 'Event']
    const objects = await Promise.all(kinds.map((kind) => this.list<StoredObject>(kind)))
    return objects.flat().map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`)
  }

  /** Events about one SealedSecret, oldest first. */
  async events(namespace: string, name: string): Promise<StoredEvent[]> {
    const events = await this.list<StoredEvent>('Event', namespace)
    const about = events.filter(
      ({ involvedObject }) => involvedObject.kind === 'SealedSecret' && involvedObject.name === name,
    )
    return about.toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
  }
}
