import type { Problem } from './finding.ts'

/** One problem for each group, the first, which says how many more there are. Problems without a group stay. */
export function merged(problems: readonly Problem[]): readonly Problem[] {
  const sizes = new Map<string, number>()
  for (const { group } of problems) if (group !== undefined) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  const told = new Set<string>()
  return problems.flatMap(({ group, ...problem }) => {
    if (group === undefined) return [problem]
    if (told.has(group)) return []
    told.add(group)
    const others = (sizes.get(group) ?? 1) - 1
    return [others === 0 ? problem : { ...problem, message: `${problem.message} (and ${others} more)` }]
  })
}
