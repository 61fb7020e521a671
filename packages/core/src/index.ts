export { concat, decodeBase64, encodeBase64, equalBytes, fromUtf8, toHex, utf8 } from './bytes.ts'
export {
  assertValidAt,
  type Certificate,
  type CertificateFacts,
  type CertificateReader,
  parseCertificate,
} from './certificate.ts'
export { mapBounded } from './concurrent.ts'
export { type EnvelopeParts, sealEnvelope, splitEnvelope } from './envelope.ts'
export { type ErrorCode, type ErrorDetails, WaxsealError } from './errors.ts'
export { fingerprint } from './fingerprint.ts'
export { type KeyRing, type KeyRingCounters, keyRing, type Opened } from './keyring.ts'
export {
  OpeningKey,
  type PrivateKeys,
  parsePrivateKeys,
  readPrivateKeys,
  SealingKey,
} from './keys.ts'
export {
  isSealedSecret,
  isSecret,
  parseSealedSecret,
  parseSecret,
  type SealedSecret,
  type SealedSecretSpec,
  type SecretManifest,
  type SecretTemplate,
} from './manifest.ts'
export type { ObjectMeta } from './meta.ts'
export { checkDataKey, checkName, checkNamespace } from './names.ts'
export {
  asBoolean,
  asList,
  asNumber,
  asObject,
  asString,
  asStringMap,
  emptyRecord,
  field,
  isObject,
  type JsonObject,
  optional,
} from './parse.ts'
export { type PemBlock, parsePem } from './pem.ts'
export { Plaintext } from './plaintext.ts'
export { type ResealOptions, resealItems, resealSecret } from './reseal.ts'
export type { ImportOptions } from './rsa.ts'
export { ANNOTATION, type Annotations, label, parseScope, type Scope, scopeOf } from './scope.ts'
export { type SealOptions, type SealValues, sealSecret, sealValue, sealValues } from './seal.ts'
export { firstTemplate, type RenderTemplate } from './templates.ts'
export {
  type OpenedSecret,
  secretObject,
  type TriedItems,
  tryItems,
  UnsealError,
  type UnsealOptions,
  unsealSecret,
} from './unseal.ts'
