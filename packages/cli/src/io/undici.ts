/** The HTTP client, behind a module of its own so that it is loaded only where something is fetched. */
export { Agent, EnvHttpProxyAgent, request } from 'undici'
