/** An image as an OCI layout: a folder that registries' clients copy from and container engines run. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Entry, tar } from './tar.ts'

interface Layer {
  /** Shown by `docker history`. */
  readonly comment: string
  readonly entries: readonly Entry[]
}

export interface Image {
  /** As OCI names it: amd64, arm64. */
  readonly architecture: string
  readonly layers: readonly Layer[]
  /** OCI's image configuration: User, Entrypoint, Env, Labels. */
  readonly config: object
  readonly annotations: Readonly<Record<string, string>>
  /** Seconds since 1970, for every file and for the image. */
  readonly time: number
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

export interface Written {
  /** Of the manifest: what a Deployment pins. */
  readonly digest: string
  /** Bytes as they are pulled, and as they are on a node. */
  readonly packed: number
  readonly unpacked: number
}

const OCI = 'application/vnd.oci.image'
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Writes the layout into a folder, which is made; the same image gives the same bytes. */
export function writeLayout(folder: string, image: Image): Written {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true })
  const blob = (mediaType: string, bytes: Uint8Array): Descriptor => {
    const digest = digestOf(bytes)
    writeFileSync(join(folder, 'blobs', digest.replace(':', '/')), bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const json = (mediaType: string, value: object): Descriptor => blob(mediaType, Buffer.from(JSON.stringify(value)))
  const created = new Date(image.time * 1000).toISOString()
  const layers = image.layers.map(({ comment, entries }) => {
    const bytes = tar(entries, image.time)
    return {
      comment,
      diff: digestOf(bytes),
      size: bytes.length,
      packed: blob(`${OCI}.layer.v1.tar+gzip`, gzipSync(bytes)),
    }
  })
  const config = json(`${OCI}.config.v1+json`, {
    created,
    architecture: image.architecture,
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diff }) => diff) },
    history: layers.map(({ comment }) => ({ created, comment })),
  })
  const manifest = json(`${OCI}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config,
    layers: layers.map(({ packed }) => packed),
    annotations: image.annotations,
  })
  const platform = { architecture: image.architecture, os: 'linux' }
  const index = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests: [{ ...manifest, platform }] }
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
  return {
    digest: manifest.digest,
    packed: sum(layers.map(({ packed }) => packed.size)),
    unpacked: sum(layers.map(({ size }) => size)),
  }
}
