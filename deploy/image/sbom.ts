/** The image's bill of materials in CycloneDX 1.6, the same whenever its components are. */
import type { Component } from './sources.ts'

/** Package URL: what scanners look advisories up by. */
function purl({ kind, name, version }: Component): string {
  const escaped = encodeURIComponent(version)
  if (kind === 'deb') return `pkg:deb/debian/${name}@${escaped}`
  if (kind === 'npm') return `pkg:npm/${name.replace('@', '%40')}@${escaped}`
  return `pkg:generic/${name}@${escaped}`
}

export function sbom(version: string, components: readonly Component[]): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'container', name: 'waxseal-controller', version } },
    components: components.map((component) => ({
      type: component.name === 'node' ? 'platform' : 'library',
      'bom-ref': purl(component),
      name: component.name,
      version: component.version,
      ...(component.kind === 'deb' ? {} : { licenses: [licence(component.license)] }),
      purl: purl(component),
    })),
  }
}

/** An expression where it is more than one identifier. */
const licence = (license: string): object =>
  /^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license.replace(/^\(|\)$/g, '') }
