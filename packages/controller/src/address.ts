/** A listen address in Go's style: `:8080`, `127.0.0.1:8080`, `[::1]:8080`. */
export interface Address {
  /** Undefined: all interfaces. */
  readonly host: string | undefined
  /** 0: any free port. */
  readonly port: number
}

/** The address, or undefined when the text is none. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:.%a-z]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) return undefined
  const host = match[1] ?? match[2]
  return { host: host === '' ? undefined : host, port }
}

export const formatAddress = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
