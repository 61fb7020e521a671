/** What a benchmark reports: a figure, and beside it a peer or a physical limit measured in the same run. */

export interface Figure {
  readonly work: string
  readonly value: number
  readonly unit: string
  /** What `value` is compared with, measured in the same run. */
  readonly peer: { readonly name: string; readonly value: number; readonly unit: string }
  /** The bound on `ratio` (value / peer), or on the value itself. */
  readonly target: { readonly kind: 'ratio' | 'value'; readonly atMost?: number; readonly atLeast?: number }
  readonly note?: string
}

const ratio = (figure: Figure): number => figure.value / figure.peer.value

function reached(figure: Figure): boolean {
  const { kind, atMost, atLeast } = figure.target
  const measured = kind === 'ratio' ? ratio(figure) : figure.value
  return (atMost === undefined || measured <= atMost) && (atLeast === undefined || measured >= atLeast)
}

const round = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

function targetText({ target, unit }: Figure): string {
  const suffix = target.kind === 'ratio' ? 'x' : ` ${unit}`
  if (target.atMost !== undefined) return `<= ${target.atMost}${suffix}`
  return target.atLeast === undefined ? '-' : `>= ${target.atLeast}${suffix}`
}

/** One JSON object a line, for machines. */
export function jsonLine(figure: Figure): string {
  return JSON.stringify({ ...figure, ratio: Number(ratio(figure).toPrecision(4)), reached: reached(figure) })
}

/** A table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.work,
    `${round(figure.value)} ${figure.unit}`,
    `${figure.peer.name}: ${round(figure.peer.value)} ${figure.peer.unit}`,
    `${round(ratio(figure))}x`,
    targetText(figure),
    reached(figure) ? 'yes' : 'NO',
    figure.note ?? '',
  ])
  const all = [['work', 'figure', 'beside it', 'ratio', 'target', 'reached', 'note'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
