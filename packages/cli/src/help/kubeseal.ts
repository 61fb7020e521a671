/** What `kubeseal --help` prints. */
export const KUBESEAL_HELP = `Seals Kubernetes Secrets so that only the controller in the cluster can open them.

Examples:
  kubeseal --cert cert.pem -f secret.yaml -w sealed.yaml
  kubectl create secret generic db --from-literal=password=x --dry-run=client -o yaml | kubeseal -o yaml
  printf %s "$VALUE" | kubeseal --raw --namespace shop --name db

      --allow-empty-data                Allow Secrets without any data
      --cert string                     Certificate to seal with: file or URL. Without it, the cluster is asked
      --controller-name string          Name of the controller's Service (default "sealed-secrets-controller")
      --controller-namespace string     Namespace of the controller's Service (default "kube-system")
      --fetch-cert                      Print the certificate instead of sealing
  -o, --format string                   Output format: json or yaml (default "json"; a .yaml or .yml file name of -w wins)
      --from-file strings               File with the value to seal with --raw: [NAME=]PATH
  -h, --help                            Print this help
      --kubeconfig string               Path of the kubeconfig
      --merge-into string               Add the sealed values to this SealedSecret file
      --name string                     Name of the sealed Secret, instead of the input's
  -n, --namespace string                Namespace for a Secret that has none
      --raw                             Seal one bare value, from standard input or --from-file
      --re-encrypt                      Have the controller seal a SealedSecret for its newest key; -f alone is changed in place
      --recovery-private-key strings    Private key files (PEM, or key Secrets as JSON or YAML) for --recovery-unseal
      --recovery-unseal                 Open SealedSecrets with private keys from files, without a cluster
      --scope string                    Where the value can be opened: strict, namespace-wide, cluster-wide (default "strict")
  -w, --sealed-secret-file string       File to write instead of standard output
  -f, --secret-file string              File to read instead of standard input
      --validate                        Ask the controller whether it can open a SealedSecret
      --version                         Print the version

Connection to the cluster, as in kubectl:
      --as string                       User to impersonate
      --as-group stringArray            Group to impersonate, repeatable
      --as-uid string                   UID to impersonate
      --certificate-authority string    File with the API server's certificate authority
      --client-certificate string       File with the client certificate
      --client-key string               File with the client key
      --cluster string                  Cluster of the kubeconfig to use
      --context string                  Context of the kubeconfig to use
      --disable-compression             Accepted for compatibility; answers are never compressed
      --insecure-skip-tls-verify        Do not check the API server's certificate: insecure
      --password string                 Password for basic authentication
      --proxy-url string                Proxy for the connection to the API server
      --request-timeout string          Time for one request, such as 30s (default "0": 15s)
      --server string                   Address of the API server
      --tls-server-name string          Name to check the API server's certificate for
      --token string                    Bearer token
      --user string                     User of the kubeconfig to use
      --username string                 User name for basic authentication

Every flag above can be given as a variable: --controller-name as SEALED_SECRETS_CONTROLLER_NAME.
The flags of kubeseal's logger (-v, --logtostderr, ...) are accepted and do nothing.
`
