export const VECTORS: URL = new URL('../../../../test/vectors/template/', import.meta.url)

/** A case of the files that hold what Go renders. */
export interface Vector {
  readonly name: string
  readonly template: string
  readonly data?: Readonly<Record<string, string>>
  readonly dataBase64?: Readonly<Record<string, string>>
  readonly output?: string
  readonly outputBase64?: string
  readonly error?: 'parse' | 'execute'
  readonly message?: string
  readonly partial?: string
  readonly partialBase64?: string
}

export function dataOf({
  data = {},
  dataBase64 = {},
}: Pick<Vector, 'data' | 'dataBase64'>): Record<string, Uint8Array> {
  const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text)] as const)
  const blobs = Object.entries(dataBase64).map(([key, base64]) => [key, Buffer.from(base64, 'base64')] as const)
  return Object.fromEntries([...texts, ...blobs])
}

/** The bytes that a text or base64 of a vector stands for, in hexadecimal. */
export function expected(text: string | undefined, base64: string | undefined): string {
  return base64 === undefined ? Buffer.from(text ?? '').toString('hex') : Buffer.from(base64, 'base64').toString('hex')
}
