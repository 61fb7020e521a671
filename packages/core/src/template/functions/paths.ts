import { type ByteString, bytes } from '../text/bytestring.ts'
import { type FunctionTable, type GoFunction, go } from './go.ts'

/** The shortest path that names the same: no `.`, no `..` that can be resolved, no double slash. */
function cleanPath(path: ByteString): ByteString {
  const rooted = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (part === '..' ? !rooted : part !== '' && part !== '.') kept.push(part)
  }
  const joined = `${rooted ? '/' : ''}${kept.join('/')}`
  return bytes(joined === '' ? '.' : joined)
}

function baseOf(path: ByteString): ByteString {
  if (path === '') return bytes('.')
  let end = path.length
  while (end > 0 && path.charAt(end - 1) === '/') end -= 1
  const trimmed = path.slice(0, end)
  return bytes(trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1))
}

function extensionOf(path: ByteString): ByteString {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return bytes(dot < 0 ? '' : name.slice(dot))
}

function onText(work: (path: ByteString) => ByteString): GoFunction {
  return go('func(string) string', ({ budget }, path) => work(budget.made(path)))
}

const base = onText(baseOf)
const clean = onText(cleanPath)
const dir = onText((path) => cleanPath(bytes(path.slice(0, path.lastIndexOf('/') + 1))))
const ext = onText(extensionOf)
const isAbs = go('func(string) bool', (_, path) => path.startsWith('/'))

/** Paths have slashes here as in a container, so the functions of the system's paths are the same. */
export const PATHS: FunctionTable = {
  base,
  clean,
  dir,
  ext,
  isAbs,
  osBase: base,
  osClean: clean,
  osDir: dir,
  osExt: ext,
  osIsAbs: isAbs,
}
