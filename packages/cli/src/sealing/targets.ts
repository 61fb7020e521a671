/** What is sealed for, and by whom. */
import type { Certificate, SealValues } from '@waxseal/core'
import type { Context } from '../context.ts'
import type { Bytes } from '../manifests/source.ts'

export interface Target {
  readonly certificate: Certificate
  /** Undefined: on this thread. */
  readonly sealValues: SealValues | undefined
}

/** From here on threads are sooner done, though starting one takes 20 ms; some 2,000 short values are that long. */
const MANY_BYTES = 128 * 1024

/** Runs `work` with a target for each certificate; where the inputs are long, with threads that are gone afterwards. */
export async function withTargets<T>(
  context: Context,
  certificates: readonly Certificate[],
  inputs: readonly Bytes[],
  work: (targets: readonly Target[]) => Promise<T>,
): Promise<T> {
  const length = inputs.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const threads =
    length * certificates.length < MANY_BYTES
      ? undefined
      : context.sealingThreads?.(certificates.map(({ spki }) => spki))
  try {
    return await work(certificates.map((certificate, i) => ({ certificate, sealValues: threads?.sealValues(i) })))
  } finally {
    threads?.close()
  }
}

/** The same for one. */
export function withTarget<T>(
  context: Context,
  certificate: Certificate,
  inputs: readonly Bytes[],
  work: (target: Target) => Promise<T>,
): Promise<T> {
  return withTargets(context, [certificate], inputs, ([target = { certificate, sealValues: undefined }]) =>
    work(target),
  )
}
