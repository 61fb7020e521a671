export const ENVIRONMENT: string = `Variables that waxseal reads. A flag counts more than its variable, and an empty variable is as good as none.

Sealing and the cluster:
  SEALED_SECRETS_CERT                   --cert: file or URL of the certificate
  SEALED_SECRETS_CONTROLLER_NAME        --controller-name
  SEALED_SECRETS_CONTROLLER_NAMESPACE   --controller-namespace
  KUBECONFIG                            Kubeconfig files, separated by : (; on Windows)
  HOME, USERPROFILE                     Where .kube/config is, without KUBECONFIG
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT
                                        The API server, in a Pod and without a kubeconfig
  POD_NAMESPACE                         The namespace there, instead of the service account's
  HTTP_PROXY, HTTPS_PROXY, NO_PROXY     Proxies on the way to the cluster and to --cert URL, also in lower case

Editing:
  VISUAL, EDITOR                        The editor; the first that is set, else vi
  XDG_RUNTIME_DIR                       A folder in memory for the values while they are edited, else /dev/shm
  TMPDIR                                The folder for them where there is none in memory

Messages:
  NO_COLOR                              No colours
  TERM                                  dumb: no colours, no progress bar
  WAXSEAL_DEBUG                         With an error, where in the code it was noticed

Encrypted files in git:
  WAXSEAL_PASSPHRASE                    Passphrase of --openpgp-key, without --passphrase-file
  GIT_DIR, GIT_COMMON_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY
                                        git's own, and so are all others that git reads; gpg reads GNUPGHOME

Computing:
  UV_THREADPOOL_SIZE                    Threads for RSA and files; chosen by waxseal where it is not set

kubeseal takes every one of its flags as SEALED_SECRETS_ and the name in capitals: --merge-into is SEALED_SECRETS_MERGE_INTO.

Examples:
  SEALED_SECRETS_CERT=cert.pem waxseal seal -f secret.yaml -w sealed.yaml
  KUBECONFIG=~/.kube/prod:~/.kube/config waxseal cert --info
`
