import { WaxsealError } from './errors.ts'

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const DATA_KEY = /^[-._a-zA-Z0-9]+$/

/** The longest name of an object, and of a data key. */
const NAME_LENGTH = 253
const LABEL_LENGTH = 63

/** An object's name as the API server takes it: a subdomain name (RFC 1123) of at most 253 characters. */
export function checkName(name: string, path: string): void {
  if (name.length <= NAME_LENGTH && SUBDOMAIN.test(name)) return
  throw new WaxsealError('bad-manifest', `${path}: ${JSON.stringify(name)} cannot be the name of a Secret`, {
    hint: 'lower-case letters, digits, - and . are allowed, letters or digits at both ends of each part',
  })
}

/** A namespace's name as the API server takes it: a label (RFC 1123) of at most 63 characters. */
export function checkNamespace(name: string, path: string): void {
  if (name.length <= LABEL_LENGTH && LABEL.test(name)) return
  throw new WaxsealError('bad-manifest', `${path}: ${JSON.stringify(name)} cannot be the name of a namespace`, {
    hint: 'lower-case letters, digits and - are allowed, letters or digits at both ends, at most 63 characters',
  })
}

/** A key of a Secret's data as the API server takes it. */
export function checkDataKey(key: string): void {
  if (key.length <= NAME_LENGTH && DATA_KEY.test(key) && key !== '.' && key !== '..') return
  throw new WaxsealError('bad-manifest', `data: ${JSON.stringify(key)} cannot be a key of a Secret`, {
    hint: 'letters, digits, -, _ and . are allowed, at most 253',
  })
}
