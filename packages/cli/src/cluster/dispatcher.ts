/** Connections to an API server, directly or through a proxy. */
import type { Dispatcher } from 'undici'
import type { Env } from '../context.ts'
import { CliError } from '../messages.ts'
import type { Credentials } from './credentials.ts'
import { type Fields, textOf } from './kubeconfig.ts'

/** A proxy of the kubeconfig wins; else HTTPS_PROXY or HTTP_PROXY count, but for the hosts of NO_PROXY. As client-go has it. */
export async function dispatcherFor(
  server: string,
  cluster: Fields,
  { tls }: Credentials,
  env: Env,
): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, ProxyAgent, Socks5ProxyAgent } = await import('../io/undici.ts')
  const own = textOf(cluster['proxy-url'])
  if (own !== undefined) {
    const url = URL.parse(own)
    const scheme = url?.protocol
    if (scheme === 'socks5:' || scheme === 'socks5h:') return new Socks5ProxyAgent(own, { requestTls: tls })
    if (scheme === 'http:' || scheme === 'https:') return new ProxyAgent({ uri: own, requestTls: tls })
    throw new CliError(`proxy-url ${own}: an http, https or socks5 URL is needed`)
  }
  const [https, http] = [env.HTTPS_PROXY ?? env.https_proxy, env.HTTP_PROXY ?? env.http_proxy]
  const proxy = server.startsWith('https:') ? https : http
  if (!proxy) return new Agent({ connect: tls })
  const noProxy = env.NO_PROXY ?? env.no_proxy ?? ''
  return new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy, connect: tls, requestTls: tls })
}
