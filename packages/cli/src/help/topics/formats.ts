export const FORMATS: string = `What waxseal reads and writes.

Manifests are YAML or JSON, several documents in a file, Lists too. YAML is read as YAML 1.2 and as the
YAML 1.1 of kubectl: where the two disagree about a value of a Secret (0123, yes, 1e3 without quotes), waxseal refuses it and
names the key instead of sealing something else than was meant. Input may have a byte order mark, Windows line ends, or be
the UTF-16 that PowerShell writes with >. What is not a Secret passes through seal as it is, byte for byte.

Output has the format of the input, or of the file name after -w (.yaml, .yml, .json), or what -o says. YAML texts are
quoted so that YAML 1.1 readers take them for texts.

A SealedSecret (bitnami.com/v1alpha1) has under spec.encryptedData, for each key, base64 of

  2 bytes length | RSA-OAEP (SHA-256) of a session key | AES-256-GCM of the value

and under spec.template what the Secret will have beside its values. The annotation waxseal.dev/sealed-with is the SHA-256
fingerprint of the key (of its SubjectPublicKeyInfo): a note for people and for check, nothing relies on it.

Certificates are X.509 as PEM or DER, with an RSA key. Private keys are PEM (PKCS#1 or PKCS#8), or the controller's key
Secrets as kubectl prints them: Secret or List, YAML or JSON.

Examples:
  waxseal seal -o json -f secret.yaml
  kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml > keys.yaml
`
