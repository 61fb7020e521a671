/**
 * Builds the controller's image without a daemon and without a base image: `node deploy/image/build.ts OUT`. OUT/ becomes
 * an OCI layout, OUT.sbom.json the bill of materials. The same sources give the same digest; SOURCE_DATE_EPOCH sets the time.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { writeLayout } from './oci.ts'
import { sbom } from './sbom.ts'
import { controller, etc, libraries, manifestOf, node, root } from './sources.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const MB = 1_000_000
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

function build(out: string): void {
  const architecture = ARCHITECTURES[process.arch]
  if (architecture === undefined || process.platform !== 'linux')
    throw new Error(`no image for ${process.platform} ${process.arch}`)
  const { version } = manifestOf(root)
  const [base, runtime, app] = [libraries(), node(), controller()]
  const components = [...base.components, ...runtime.components, ...app.components]
  const bill = `${JSON.stringify(sbom(version, components), undefined, 2)}\n`
  const licences = components.map((part) => `${part.name} ${part.version} (${part.license})\n\n${part.text}`)
  const text = (path: string, content: string) =>
    ({ kind: 'file', path, mode: 0o644, content: Buffer.from(content) }) as const
  rmSync(out, { recursive: true, force: true })
  const { digest, packed, unpacked } = writeLayout(out, {
    architecture,
    time: Number(process.env.SOURCE_DATE_EPOCH ?? 0),
    // What changes least comes first, so that nodes have it already.
    layers: [
      { comment: 'shared libraries', entries: [...base.entries, ...etc().entries] },
      { comment: 'node', entries: runtime.entries },
      {
        comment: 'controller',
        entries: [
          ...app.entries,
          text('usr/share/waxseal/sbom.cdx.json', bill),
          text('usr/share/waxseal/LICENSES', `${licences.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`),
        ],
      },
    ],
    config: {
      User: '65532:65532',
      Env: ['PATH=/usr/bin'],
      Entrypoint: ['/usr/bin/controller'],
      WorkingDir: '/',
      ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} },
      Labels: { 'org.opencontainers.image.title': 'waxseal-controller', 'org.opencontainers.image.version': version },
    },
    annotations: {
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    },
  })
  writeFileSync(`${out}.sbom.json`, bill)
  say(`digest    ${digest}`)
  say(`size      ${(packed / MB).toFixed(1)} MB to pull, ${(unpacked / MB).toFixed(1)} MB on a node`)
  say(`contents  ${components.length} components, listed in ${out}.sbom.json`)
}

const [out, ...rest] = process.argv.slice(2)
if (out === undefined || rest.length > 0 || out.startsWith('-')) {
  process.stderr.write('error: usage: node deploy/image/build.ts OUT\n')
  process.exitCode = 2
} else if (existsSync(out) && !existsSync(`${out}/oci-layout`)) {
  process.stderr.write(`error: ${out} is there and is no OCI layout\nhint: name a new folder; it would be replaced\n`)
  process.exitCode = 1
} else {
  try {
    build(out.replace(/\/$/, ''))
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
