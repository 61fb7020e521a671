/** SealedSecrets as people keep them, to be changed in place, and what their values are. */
import { asObject, asStringMap } from '@waxseal/core'
import { expect } from 'vitest'
import { CERT, KEY, type Sandbox, secretYaml } from './sandbox.ts'

/** Seals the values and returns the sealed text of each. */
export async function sealedValues(
  box: Sandbox,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await box.waxseal(['seal', '--cert', CERT, '-o', 'json'], { stdin: secretYaml(name, values) })
  const { spec } = asObject(JSON.parse(stdout), 'SealedSecret')
  return asStringMap(asObject(spec, 'spec').encryptedData, 'encryptedData')
}

/** The values of the SealedSecret with this name in a file, opened by the private key. */
export async function openedValues(box: Sandbox, path: string, name = 'db'): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await box.waxseal(['unseal', '--key', KEY, '-o', 'json', path])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const secrets = stdout.split(/(?<=^\}\n)/m).map((text) => asObject(JSON.parse(text), 'Secret'))
  const secret = secrets.find(({ metadata }) => asObject(metadata, 'metadata').name === name)
  const data = asStringMap(secret?.data ?? {}, 'data')
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
}

/** A commented file with a ConfigMap and two SealedSecrets, `db` and `other`; `{a}`, `{b}` stand for sealed values. */
const LAYOUT = `# head
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}   # odd spacing
data: {x: "1"}
--- # mark
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
    name: db # the one
    namespace: shop
spec:
    encryptedData: # values
        # the first
        a: {a} # trailing

        c: "{c}"
    template:
        type: Opaque
---
kind: SealedSecret
apiVersion: bitnami.com/v1alpha1
metadata: {name: other, namespace: shop}
spec: {encryptedData: {x: {x}}}
...
# end
`

function fill(layout: string, values: Readonly<Record<string, string>>): string {
  return layout.replace(/\{([acx])\}/g, (whole, key: string) => values[key] ?? whole)
}

/** The file `all.yaml` made of LAYOUT with a = 1, c = 3 in `db` and x = 9 in `other`. */
export async function writeLayout(box: Sandbox): Promise<string> {
  const [db, other] = await Promise.all([
    sealedValues(box, 'db', { a: '1', c: '3' }),
    sealedValues(box, 'other', { x: '9' }),
  ])
  const text = fill(LAYOUT, { ...db, ...other })
  box.write('all.yaml', text)
  return text
}

/** The text without the sealed values that differ each time: each is `<sealed>`. */
export function masked(text: string): string {
  return text.replace(/\bAg[A-Za-z0-9+/]{100,}={0,2}|\bAQ[A-Za-z0-9+/]{100,}={0,2}/g, '<sealed>')
}
