/**
 * Why a function of a template failed. The text says no value that could come from the data: only names, types,
 * counts of the template's own and fixed words.
 */
export class CallFault extends Error {
  override readonly name = 'CallFault'
}

/** A bound was reached. Not to be caught by what a template can do. */
export class LimitFault extends Error {
  override readonly name = 'LimitFault'
}

/** The text is no template. `line` counts from 1. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}
