/** The HTTP client, behind a module of its own so that it is loaded only where something is fetched. */
export { Agent, EnvHttpProxyAgent, ProxyAgent, request, Socks5ProxyAgent } from 'undici'
