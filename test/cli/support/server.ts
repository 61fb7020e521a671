/** HTTP servers for one test, on the loopback interface. */
import { createServer, type RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'

/** Starts one, closed when the test is done; returns its address, such as `http://127.0.0.1:1234`. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}
