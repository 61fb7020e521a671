/** Bundles the bins, so that starting one reads a few files instead of node_modules. Run by `npm run build`. */
import { copyFile, rm } from 'node:fs/promises'
import { type BuildOptions, build } from 'esbuild'

const common: BuildOptions = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS packages in an ESM bundle still call require for Node's own modules.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
}

const bundles = [
  { outdir: 'packages/cli/bundle', entryPoints: ['packages/cli/src/waxseal.ts', 'packages/cli/src/kubeseal.ts'] },
  { outdir: 'packages/controller/bundle', entryPoints: ['packages/controller/src/main.ts'] },
]

for (const { outdir, entryPoints } of bundles) {
  await rm(outdir, { recursive: true, force: true })
  await build({ ...common, outdir, entryPoints })
  // Copied as it is: it must be readable to a Node too old for the bundle.
  await copyFile('packages/launch.js', `${outdir}/launch.js`)
}
