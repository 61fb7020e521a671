/** What -o prints of a rotation. */
import type { Context } from '../../context.ts'
import { writeData } from '../../output/format.ts'
import type { ReportFormat, SealedEntry } from '../../output/report.ts'
import type { Need } from '../needs/need.ts'
import type { KeyEntry } from '../report.ts'

/** Of an object of the cluster. */
export type ObjectEntry = Omit<SealedEntry, 'file' | 'items'> & { readonly reason?: string }

/** Filled as the rotation goes on. */
export interface RotationReport {
  readonly keys: KeyEntry[]
  readonly sealedSecrets: (SealedEntry | ObjectEntry)[]
  /** What still needs an old key, or may. */
  readonly needs: Need[]
}

/** Runs `work` and prints what it put into the report, also what it did before it failed. `name` is what is printed anyway: files. */
export async function reportingRotation(
  context: Context,
  output: ReportFormat | undefined,
  work: (report: RotationReport) => Promise<void>,
): Promise<void> {
  const report: RotationReport = { keys: [], sealedSecrets: [], needs: [] }
  const print = async (): Promise<void> => {
    if (output === 'json' || output === 'yaml') context.stdout.write(await writeData(output, report))
  }
  try {
    await work(report)
  } catch (error) {
    if (report.keys.length > 0) await print()
    throw error
  }
  await print()
}
