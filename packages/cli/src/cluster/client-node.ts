/**
 * The part of @kubernetes/client-node that reads credentials (client certificates, tokens, exec plugins, OIDC). A module of its own,
 * imported dynamically: it costs more to load than everything else together.
 */
export { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node'
