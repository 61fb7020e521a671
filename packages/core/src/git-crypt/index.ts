/** git-crypt's formats: encrypted blobs and key files. Pure; the ciphers are passed in (see primitives.ts). */
export {
  cipherOf,
  encryptBlob,
  HEADER_LENGTH,
  headerOf,
  kindOfBlob,
  type NonceBuilder,
  nonceBuilder,
  nonceOf,
  openBlob,
  truncatedBlob,
  unopenedBlob,
  type Verifier,
  verifier,
} from './blob.ts'
export {
  ENTRY_LENGTH,
  entryFrom,
  type KeyEntry,
  type KeyFile,
  keyFile,
  MAX_KEY_FILE,
  parseKeyFile,
  parseLegacyKeyFile,
  writeKeyFile,
} from './key-file.ts'
export { KeyFileError, type KeyFileReason } from './key-file-error.ts'
export { checkKeyName, DEFAULT_KEY } from './key-name.ts'
export type { Keystream, Mac, Primitives } from './primitives.ts'
