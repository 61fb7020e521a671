import type { ByteString } from '../text/bytestring.ts'
import type { Maybe } from '../value/values.ts'

interface Variable {
  readonly name: ByteString
  value: Maybe
}

/** The variables in sight, innermost last. */
export class Variables {
  private readonly stack: Variable[]

  constructor(root: ByteString, value: Maybe) {
    this.stack = [{ name: root, value }]
  }

  get mark(): number {
    return this.stack.length
  }

  release(mark: number): void {
    this.stack.length = mark
  }

  push(name: ByteString, value: Maybe): void {
    this.stack.push({ name, value })
  }

  /** Sets the n-th from the top, counted from 1. */
  setTop(n: number, value: Maybe): void {
    const variable = this.stack[this.stack.length - n]
    if (variable !== undefined) variable.value = value
  }

  /** False where there is no such variable. */
  set(name: ByteString, value: Maybe): boolean {
    const variable = this.find(name)
    if (variable !== undefined) variable.value = value
    return variable !== undefined
  }

  find(name: ByteString): Variable | undefined {
    for (let i = this.stack.length - 1; i >= 0; i--) if (this.stack[i]?.name === name) return this.stack[i]
    return undefined
  }
}
