/** What the controller really exposes. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, NODE } from '../../e2e/helpers/controller.ts'
import { ended } from '../../kube/children.ts'
import { eventually } from '../../kube/poll.ts'
import { freePort } from '../../kube/ports.ts'

/** Runs a controller on a directory in which one SealedSecret opens and one does not; names of series with their labels. */
export async function metricsOf(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const vault = mkdtempSync(join(tmpdir(), 'waxseal-metrics-'))
  const [http, metrics] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
  const args = ['--directory', vault, '--listen-addr', http, '--listen-metrics-addr', metrics, '--key-size=2048']
  const controller = spawn(NODE, [bin('waxseal-controller'), ...args], { stdio: 'ignore' })
  try {
    await eventually('the controller is ready', async () => (await fetch(`http://${http}/readyz`)).ok)
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: one, namespace: demo}\nstringData: {a: b}\n'
    const seal = [bin('waxseal'), 'seal', '--cert', join(vault, 'cert.pem'), '-o', 'json']
    const { status, stdout, stderr } = spawnSync(NODE, seal, { input: secret, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    writeFileSync(join(vault, 'sealed', 'one.json'), stdout)
    // A strict one under another name: it does not open.
    writeFileSync(join(vault, 'sealed', 'two.json'), stdout.replaceAll('"one"', '"two"'))
    return await eventually('both outcomes are counted', async () => {
      const series = seriesOf(await (await fetch(`http://${metrics}/metrics`)).text())
      return (
        series.has('sealed_secrets_controller_unseal_errors_total') &&
        series.has('sealed_secrets_controller_condition_info') &&
        series
      )
    })
  } finally {
    controller.kill('SIGKILL')
    await ended(controller)
    rmSync(vault, { recursive: true, force: true })
  }
}

/** Series of the text format: name, and the names of its labels. Only those with a value count. */
function seriesOf(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name) ?? new Set<string>()
    for (const [, label = ''] of labels.matchAll(/(?:^|,)(\w+)="/g)) known.add(label)
    found.set(name, known)
  }
  return found
}
