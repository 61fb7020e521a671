import { CLUSTER } from '../../shared.ts'

/** Flags of all commands about a controller's keys. */
export const STORE: string = `The controller in the cluster, with your kubeconfig and your rights; or that of a folder:
${CLUSTER}      --directory DIR           Keys of waxseal-controller --directory DIR, without a cluster
`
