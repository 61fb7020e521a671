/**
 * The part of @kubernetes/client-node that renews an OpenID Connect login. A module of its own,
 * imported dynamically: it costs more to load than everything else together.
 */
export { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node'
