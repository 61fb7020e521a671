import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isObject } from '@waxseal/core'
import { readDocuments, writeJson, writeYaml } from '@waxseal/core/documents'
import { systemClock } from '../../../src/clock.ts'
import type { SealedSecretStatus } from '../../../src/state.ts'
import { openDirectoryStore } from '../../../src/stores/directory/index.ts'
import { secretOf } from '../../../src/stores/directory/secret-file.ts'
import { base64 } from '../../helpers/material.ts'
import { Recorder } from '../../helpers/recorder.ts'
import type { World } from '../world.ts'

export interface DirectoryWorld extends World {
  readonly folder: string
  readonly log: Recorder
}

/** A folder of its own, and somebody who puts files into it as a person or a script would: in place, without care. */
export async function directoryWorld(): Promise<DirectoryWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'waxseal-'))
  const log = new Recorder()
  const namespace = 'shop'
  const secret = (ref: { namespace: string; name: string }) =>
    join(folder, 'secrets', ref.namespace, `${ref.name}.yaml`)
  const sealed = (ref: { name: string }) => join(folder, 'sealed', 'team', `${ref.name}.json`)
  const key = (name: string) => join(folder, 'keys', `${name}.yaml`)
  await mkdir(join(folder, 'sealed', 'team'), { recursive: true })
  await mkdir(join(folder, 'secrets', namespace), { recursive: true, mode: 0o700 })
  await mkdir(join(folder, 'keys'), { mode: 0o700 })
  return {
    folder,
    log,
    namespace,
    collectsGarbage: true,
    openStore: () => openDirectoryStore(folder, { controllerNamespace: 'kube-system', clock: systemClock, log }),
    putSealedSecret: (manifest) => writeFile(sealed(manifest.metadata), writeJson(manifest)),
    removeSealedSecret: (ref) => rm(sealed(ref)),
    putSecret: async (manifest) => writeFile(secret(manifest.metadata), await writeYaml(manifest)),
    removeSecret: (ref) => rm(secret(ref), { force: true }),
    putKey: async (name, { certificatePem, privateKeyPem, state = 'active' }) => {
      const labels = { 'sealedsecrets.bitnami.com/sealed-secrets-key': state }
      const data = {
        ...(certificatePem === undefined ? {} : { 'tls.crt': base64(certificatePem) }),
        ...(privateKeyPem === undefined ? {} : { 'tls.key': base64(privateKeyPem) }),
      }
      const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels }, type: 'kubernetes.io/tls', data }
      await writeFile(key(name), await writeYaml(manifest))
    },
    removeKey: (name) => rm(key(name)),
    readSecret: async (ref) => {
      const object = await firstOf(secret(ref))
      return object && secretOf(object, ref, '')
    },
    readStatus: async (ref) => {
      const record = await firstOf(join(folder, 'status', ref.namespace, `${ref.name}.yaml`))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test that reads what was written looks at it as that
      return record?.status as SealedSecretStatus | undefined
    },
    readEvents: async (ref) => {
      const record = await firstOf(join(folder, 'status', ref.namespace, `${ref.name}.yaml`))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
      return (record?.events ?? []) as { type: string; reason: string; message: string }[]
    },
    readCertificate: () => readFile(join(folder, 'cert.pem'), 'utf8').catch(() => undefined),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

async function firstOf(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const [document] = await readDocuments(text)
  return isObject(document?.value) ? document.value : undefined
}
