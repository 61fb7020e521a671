/** Flags that several pages have. */

export const CLUSTER: string = `  --kubeconfig FILE             Instead of KUBECONFIG and ~/.kube/config
  --context NAME                Context of the kubeconfig
  --controller-name NAME        Service of the controller (sealed-secrets-controller), SEALED_SECRETS_CONTROLLER_NAME
  --controller-namespace NAME   Namespace of that Service (kube-system), SEALED_SECRETS_CONTROLLER_NAMESPACE
`

export const CHOICE: string = `      --name NAME               Choose the SealedSecret, where the file holds several
  -n, --namespace NAME          Likewise by its namespace; also where a SealedSecret will be that does not say it
      --dry-run                 Print the file as it would be instead of writing it
  -o, --output name|json|yaml   Print what changed: the file's name, or which keys (waxseal help output)
`
