export const KUBECONFIG: string = `Where no --cert and no --key is given, waxseal asks the controller, as kubectl would get there:

  1. --kubeconfig FILE; it must be there
  2. the files in KUBECONFIG, which may be missing; of two entries with one name the first counts
  3. ~/.kube/config
  4. in a Pod, its service account

Credentials are taken as kubectl takes them: tokens and token files, client certificates, exec plugins, OpenID Connect,
impersonation. A proxy-url of the kubeconfig goes before HTTPS_PROXY and NO_PROXY.

--context chooses the context, else current-context. Its namespace is that of a Secret which has none, and -n goes before it.

The controller is the Service sealed-secrets-controller in kube-system, or what --controller-name and
--controller-namespace say. It is asked through the API server's service proxy, so no way into the cluster's network is
needed, but the right to do so (RBAC): get on services and on services/proxy of that one Service, and create on
services/proxy for reseal and verify. deploy/base/proxier-role.yaml grants it.

Where that is not allowed, the certificate is taken from the ConfigMap sealed-secrets-public-cert beside the
controller, if that may be read. Or get it once and commit it: it is public, and sealing needs nothing else.

Examples:
  waxseal cert --context prod -w clusters/prod/cert.pem
  waxseal seal --cert clusters/prod/cert.pem -f secret.yaml -w sealed.yaml
`
