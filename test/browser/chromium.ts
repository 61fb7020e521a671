import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'

/** Where Debian installs it. */
const CHROMIUM = '/usr/bin/chromium'

/** Everything that would talk to the network, or needs a display, is off. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function chromiumInstalled(): boolean {
  return existsSync(CHROMIUM)
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
}

/** The page's script and all it imports, as one text. */
async function bundlePage(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2024',
    logLevel: 'silent',
  })
  return result.outputFiles[0]?.text ?? ''
}

export interface Served {
  readonly url: string
  close(): void
}

/** Serves the page on localhost, which browsers take for a secure context: without one there is no WebCrypto. */
export async function servePage(): Promise<Served> {
  const script = await bundlePage()
  const server = createServer(({ url }, response) => {
    if (url === '/page.js') response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script)
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>core</title><script src="page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { url: `http://localhost:${address.port}/`, close: () => server.close() }
}
