/** Archives that are the same whenever their files are: POSIX ustar, sorted, owned by root, one time for all. */

export type Entry =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

const BLOCK = 512
const MAX_PATH = 100

/** `path` is relative, without `./`; folders are made from the paths. `time` is in seconds since 1970. */
export function tar(entries: readonly Entry[], time: number): Uint8Array {
  const folders = new Set(entries.flatMap(({ path }) => parentsOf(path)))
  const all = [
    ...entries.map((entry) => ({ ...entry })),
    ...[...folders].map((path) => ({ kind: 'folder' as const, path })),
  ]
  const parts: Uint8Array[] = []
  // By code unit, in no language's order; a folder comes before what is in it.
  for (const entry of all.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (entry.kind === 'folder') parts.push(header(`${entry.path}/`, '5', 0o755, 0, time))
    else if (entry.kind === 'link') parts.push(header(entry.path, '2', 0o777, 0, time, entry.target))
    else {
      parts.push(header(entry.path, '0', entry.mode, entry.content.length, time), entry.content)
      parts.push(new Uint8Array((BLOCK - (entry.content.length % BLOCK)) % BLOCK))
    }
  }
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)])
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

function header(path: string, type: string, mode: number, size: number, time: number, target = ''): Uint8Array {
  if (Buffer.byteLength(path) > MAX_PATH || Buffer.byteLength(target) > MAX_PATH)
    throw new Error(`${path}: longer than ${MAX_PATH} bytes`)
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number): void => {
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1')
  }
  block.write(path, 0)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(time, 136, 12)
  block.write(' '.repeat(8), 148, 'latin1')
  block.write(type, 156, 'latin1')
  block.write(target, 157)
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
