import { CLUSTER } from '../../shared.ts'

export const GENERATE: string = `Makes an RSA key pair. The certificate seals and is public; the private key opens and must stay secret.

Usage: waxseal keys generate [FLAGS]

      --key-out FILE            Private key, PEM, mode 0600 (key.pem)
      --cert-out FILE           Certificate, PEM (cert.pem)
      --bits NUMBER             Size of the key, 2048 to 8192 (4096)
      --cn NAME                 Common name in the certificate (waxseal)
      --ttl TIME                How long the certificate seals, such as 3650d, 10y or 87600h (3650d); the key opens for ever
      --dry-run                 Only say what would be made
  -o, --output name|json|yaml   Print what was made, for programs (waxseal help output)

Files that exist are never overwritten. Instead of files, the key can go to a controller, which seals with it from then on:
      --cluster                 Into the cluster, with your kubeconfig and your rights
      --directory DIR           Into the folder of waxseal-controller --directory DIR
${CLUSTER}
Examples:
  waxseal keys generate
  waxseal keys generate --cluster
  waxseal keys generate --key-out ~/keys/shop.key --cert-out shop.crt --cn shop
`
