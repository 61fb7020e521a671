/** What `kubeseal --help` prints. */
export const KUBESEAL_HELP = `Seals Kubernetes Secrets so that only the controller in the cluster can open them.

Examples:
  kubeseal --cert cert.pem -f secret.yaml -w sealed.yaml
  kubectl create secret generic db --from-literal=password=x --dry-run=client -o yaml | kubeseal -o yaml
  printf %s "$VALUE" | kubeseal --raw --namespace shop --name db

      --allow-empty-data                Allow Secrets without any data
      --cert FILE|URL                   Certificate to seal with; without it, the cluster is asked
      --controller-name NAME            Name of the controller's Service (default "sealed-secrets-controller")
      --controller-namespace NAME       Namespace of the controller's Service (default "kube-system")
      --fetch-cert                      Print the certificate instead of sealing
  -o, --format json|yaml                Output format (default "json"; a .yaml or .yml file name of -w wins)
      --from-file [NAME=]FILE           File with the value to seal with --raw
  -h, --help                            Print this help
      --kubeconfig FILE                 The kubeconfig
      --merge-into FILE                 Add the sealed values to this SealedSecret file
      --name NAME                       Name of the sealed Secret, instead of the input's
  -n, --namespace NAME                  Namespace for a Secret that has none
      --raw                             Seal one bare value, from standard input or --from-file
      --re-encrypt                      Have the controller seal a SealedSecret for its newest key; -f alone: in place
      --recovery-private-key FILE       Private key files (PEM, or key Secrets as JSON or YAML) for --recovery-unseal
      --recovery-unseal                 Open SealedSecrets with private keys from files, without a cluster
      --scope SCOPE                     Where the value can be opened: strict (default), namespace-wide or cluster-wide
  -w, --sealed-secret-file FILE         File to write instead of standard output
  -f, --secret-file FILE                File to read instead of standard input
      --validate                        Ask the controller whether it can open a SealedSecret
      --version                         Print the version

Connection to the cluster, as in kubectl:
      --as USER                         User to impersonate
      --as-group GROUP                  Group to impersonate, repeatable
      --as-uid UID                      UID to impersonate
      --certificate-authority FILE      File with the API server's certificate authority
      --client-certificate FILE         File with the client certificate
      --client-key FILE                 File with the client key
      --cluster NAME                    Cluster of the kubeconfig to use
      --context NAME                    Context of the kubeconfig to use
      --disable-compression             Accepted for compatibility; answers are never compressed
      --insecure-skip-tls-verify        Do not check the API server's certificate: insecure
      --password TEXT                   Password for basic authentication
      --proxy-url URL                   Proxy for the connection to the API server
      --request-timeout TIME            Time for one request, such as 30s (default "0": 15s)
      --server URL                      Address of the API server
      --tls-server-name NAME            Name to check the API server's certificate for
      --token TEXT                      Bearer token
      --user NAME                       User of the kubeconfig to use
      --username NAME                   User name for basic authentication

Every flag above can be given as a variable: --controller-name as SEALED_SECRETS_CONTROLLER_NAME.
The flags of kubeseal's logger (-v, --logtostderr, ...) are accepted and do nothing.
`
