import { within } from '../../messages.ts'
import { visible } from '../repo/raw-path.ts'
import type { Conversion } from './conversion.ts'
import { readSome, writeTo } from './descriptors.ts'

const CHUNK = 256 * 1024

/** Converts one descriptor into another. Writes nothing unless the whole result is known to be good; errors name the file. */
export function convertDescriptor(
  conversion: Conversion,
  { from, to, path, warn }: { from: number; to: number; path: string; warn: (message: string) => void },
): void {
  try {
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (let count = readSome(from, buffer, 0); count > 0; count = readSome(from, buffer, 0)) {
      conversion.write(buffer.subarray(0, count))
    }
    const { output, warning } = conversion.finish()
    if (warning !== undefined) warn(warning)
    for (const piece of output) writeTo(to, piece)
  } catch (error) {
    throw within(visible(path), error)
  } finally {
    conversion.close()
  }
}
