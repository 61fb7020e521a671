export const SCOPES: string = `A sealed value is bound to where it may be opened. Who can write to the cluster cannot move it elsewhere and read it there.

  scope            opens                                        bound to
  strict           under this name, in this namespace           namespace and name (the default)
  namespace-wide   under any name, in this namespace            namespace
  cluster-wide     under any name, in any namespace             nothing

The scope is chosen when a value is sealed, by --scope or by an annotation of the Secret:

  sealedsecrets.bitnami.com/namespace-wide: "true"
  sealedsecrets.bitnami.com/cluster-wide: "true"            counts where both are there

waxseal seal writes the annotation to the SealedSecret's own metadata, where it counts when the value is opened. One that
stands only under spec.template.metadata does not widen anything: waxseal check finds it (scope-in-template).

Changing the annotation, the name or the namespace afterwards does not change what was sealed: the value does not open any
more (no key could decrypt secret). Seal it again under the new name. set and edit seal for the scope that the file says.

Choose strict unless something needs more: a name that Kustomize makes with a hash at its end needs namespace-wide, one value
for all namespaces cluster-wide. With cluster-wide anybody who may create a SealedSecret anywhere can read the value.

Examples:
  waxseal seal --scope namespace-wide -f secret.yaml -w sealed.yaml
  waxseal raw --scope cluster-wide token.txt
`
