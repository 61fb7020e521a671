import { KeyFileError } from './key-file-error.ts'

/** How a key without a name is called in paths; never a name inside a key file. */
export const DEFAULT_KEY: string = 'default'

/**
 * Checks the name of a named key: it becomes part of paths, attributes and git configuration.
 * @throws KeyFileError `bad-name`
 */
export function checkKeyName(name: string): string {
  if (name === '') throw new KeyFileError('bad-name', 'the key name is empty')
  if (name === DEFAULT_KEY) throw new KeyFileError('bad-name', `"${DEFAULT_KEY}" cannot be the name of a key`)
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    throw new KeyFileError('bad-name', 'key names are made of letters, digits, - and _')
  }
  if (name.length > 128) throw new KeyFileError('bad-name', 'key names have at most 128 characters')
  return name
}
