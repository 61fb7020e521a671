/** Small HTTPS client of the API server: cheaper than starting kubectl where a test looks many times. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { answer } from './json.ts'

export interface ApiResponse {
  readonly status: number
  readonly body: unknown
}

class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
  }
}

export interface ApiRequest {
  readonly method?: string
  readonly body?: unknown
  readonly contentType?: string
  readonly token?: string
}

export class ApiClient {
  readonly #server: string
  readonly #caFile: string
  readonly #agent = new Agent({ keepAlive: true })

  constructor(server: string, caFile: string) {
    this.#server = server
    this.#caFile = caFile
  }

  /** One request, as administrator unless `token` says otherwise. Rejects only when no answer came. */
  request(path: string, { method = 'GET', body, contentType, token = 'admin' }: ApiRequest = {}): Promise<ApiResponse> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, this.#server),
        {
          method,
          agent: this.#agent,
          ca: readFileSync(this.#caFile),
          headers: { authorization: `Bearer ${token}`, 'content-type': contentType ?? 'application/json' },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', reject)
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(parts).toString()) })
          })
        },
      )
      call.on('error', reject)
      call.setTimeout(30_000, () => call.destroy(new Error('no answer within 30 s')))
      call.end(text)
    })
  }

  /** The object that the API server answers with; the caller knows its type. Throws ApiError on any other answer. */
  async object<T>(path: string, options: ApiRequest = {}): Promise<T> {
    const { status, body } = await this.request(path, options)
    if (status >= 300) throw new ApiError(status, `${options.method ?? 'GET'} ${path}: ${status} ${messageOf(body)}`)
    return answer<T>(body)
  }

  /** As `object`; undefined where there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.object<T>(path)
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined
      throw error
    }
  }

  close(): void {
    this.#agent.destroy()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function messageOf(body: unknown): string {
  const named = typeof body === 'object' && body !== null && 'message' in body ? body.message : body
  return String(named)
}
