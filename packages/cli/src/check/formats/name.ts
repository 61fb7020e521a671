import type { Formatter } from './format.ts'

/** The files that something was found in. */
export const name: Formatter = ({ findings }) => [...new Set(findings.map(({ path }) => `${path}\n`))].join('')
