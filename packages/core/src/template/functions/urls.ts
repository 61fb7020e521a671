import { CallFault } from '../fault.ts'
import { type ByteString, bytes, EMPTY } from '../text/bytestring.ts'
import { formatUrl, hostname, parseUrl } from '../url/url.ts'
import { kindOf } from '../value/types.ts'
import { type Dict, record } from '../value/values.ts'
import { type FunctionTable, go } from './go.ts'

function text(source: Dict, key: string): ByteString {
  const value = source.entries.get(bytes(key))
  if (value === undefined) return EMPTY
  if (typeof value === 'string') return value
  if (value === null) throw new CallFault('runtime error: invalid memory address or nil pointer dereference')
  throw new CallFault(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`)
}

function guarded<T>(prefix: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof CallFault) throw new CallFault(`${prefix}: ${error.message}`)
    throw error
  }
}

export const URLS: FunctionTable = {
  urlParse: go('func(string) map[string]interface {}', ({ budget }, source) => {
    budget.text(source.length)
    const url = guarded('unable to parse url', () => parseUrl(source))
    const { scheme, host, path, query, opaque, fragment, userinfo = EMPTY } = url
    return record({ scheme, host, hostname: hostname(url), path, query, opaque, fragment, userinfo })
  }),
  urlJoin: go('func(map[string]interface {}) string', ({ budget }, parts) => {
    const [scheme, host, path] = [text(parts, 'scheme'), text(parts, 'host'), text(parts, 'path')]
    const [query, opaque, fragment] = [text(parts, 'query'), text(parts, 'opaque'), text(parts, 'fragment')]
    const user = text(parts, 'userinfo')
    const userinfo =
      user === ''
        ? undefined
        : guarded('unable to parse userinfo in dict', () => parseUrl(bytes(`proto://${user}@host`)).userinfo)
    return budget.made(formatUrl({ scheme, host, path, query, opaque, fragment, userinfo }))
  }),
}
