export const OUTPUT: string = `What -o (--output) makes a command print on standard output. Commands that change or look at something take it.

  -o name         What changed, one a line, for xargs: files after set, rm, edit and reseal, with --dry-run those that would,
                  and after keys rotate; files in which verify or check found something. Objects have the names that
                  kubectl gives them: sealedsecret.bitnami.com/NAME after seal, secret/NAME after unseal and for a
                  controller's keys, where KEY takes it, too
  -o json|yaml    A list of entries, one for each object that was looked at. seal, unseal, raw,
                  cert and version print what they are about, check prints findings, files, errors and warnings

Values, sealed or not, and private keys are in no list. An entry on a SealedSecret (set, rm, edit, reseal, verify) has

  file, namespace, name    Where it is; stdin for standard input. No name where it could not be read
  result                   changed, unchanged; resealed, current (sealed for this key before), believed (its note says so),
                           left (for others in its file); opens; failed
  items                    key and result of each value: added, changed, removed, or as above; verify: opens and openedBy
  error                    Why it failed

and an entry on a key (generate, import, retire, activate, backup, verify-backup, restore, prune):

  name, fingerprint, state Its Secret and its certificate, and what the controller does with it now
  result                   added, changed, unchanged, saved, whole, missing, restored, deleted, kept, left
  reason                   Why it was kept or left
  files                    Where generate wrote key and certificate

keys rotate prints one object, with the lists keys and sealedSecrets, and needs: what still needs an old key. After a failure
the list tells what was done before it; the exit code says that there was one (waxseal help exit-codes).

Examples:
  waxseal verify --key key.pem -o json . | jq -r '.[] | select(.result == "failed") | .file'
  waxseal reseal -o name clusters/ | xargs git add
  waxseal keys list -o name | xargs kubectl get -n kube-system
`
