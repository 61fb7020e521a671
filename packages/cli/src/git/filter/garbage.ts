/**
 * node:crypto makes a new buffer for each piece it ciphers, and V8 lets 64 MB of them pile up before it looks. For large files it is told
 * to look: a collection of the young costs well under a millisecond, and halves what the filter takes.
 */
const EVERY = 4 * 1024 * 1024

/** Called with the bytes of each piece. */
export function collecting(): (bytes: number) => void {
  let collect: (() => void) | undefined
  let pending = 0
  return (bytes) => {
    pending += bytes
    if (pending < EVERY) return
    pending = 0
    collect ??= collector()
    collect()
  }
}

/** V8's own `gc`, which Node shows under a flag only; nothing where it is not to be had. */
function collector(): () => void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc')
  const gc: unknown = process.getBuiltinModule('node:vm').runInNewContext('gc')
  return typeof gc === 'function' ? () => void Reflect.apply(gc, undefined, [{ type: 'minor' }]) : () => undefined
}
