/** Bundles the bins, so that starting one reads a few files instead of node_modules. Run by `npm run build`. */
import { copyFile, rm } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const common: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  // A third of what has to be compiled at every start. Nothing depends on names: errors say theirs.
  minifyIdentifiers: true,
  legalComments: 'none',
  logLevel: 'warning',
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS packages in an ESM bundle still call require for Node's own modules. Not createRequire: it costs an import a file.
  banner: {
    js: "const require=id=>{const m=process.getBuiltinModule(id);if(m===undefined)throw new Error('Cannot find module '+id);return m};",
  },
}

/** Large packages that few runs need, each behind a small module of ours, and the help; see the modules for why. */
const LAZY = {
  'client-node': 'packages/cli/src/cluster/client-node.ts',
  scripts: 'packages/cli/src/completion/scripts.ts',
  pages: 'packages/cli/src/help/pages.ts',
  template: 'packages/core/dist/template/index.js',
  thread: 'packages/cli/src/sealing/thread.ts',
  undici: 'packages/cli/src/io/undici.ts',
  'yaml-package': 'packages/core/dist/documents/yaml-package.js',
  x509: 'packages/core/dist/x509.js',
}

/**
 * Leaves dynamic imports of those modules to bundles of their own under `lazy/`. With esbuild's own splitting a start would read
 * four chunks more, half a millisecond each.
 */
const lazily: Plugin = {
  name: 'lazily',
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) => {
      const name = basename(path).replace(/\.[jt]s$/, '')
      return kind === 'dynamic-import' && name in LAZY ? { path: `./lazy/${name}.js`, external: true } : undefined
    })
  },
}

/**
 * client-node does not say that its modules have no side effects, so all of its API classes would come along with the kubeconfig
 * reader: 500 kB that cost 20 ms and 10 MB at every start of the controller.
 */
const shaken: Plugin = {
  name: 'shaken',
  setup: (build) => {
    const folder = resolve('node_modules/@kubernetes/client-node/dist')
    const module = (path: string) => ({ path, sideEffects: false })
    build.onResolve({ filter: /^@kubernetes\/client-node$/ }, () => module(`${folder}/index.js`))
    build.onResolve({ filter: /^\./ }, ({ path, importer }) =>
      importer.startsWith(folder) ? module(resolve(dirname(importer), path)) : undefined,
    )
  },
}

async function bundle(outdir: string, builds: readonly BuildOptions[]): Promise<void> {
  await rm(outdir, { recursive: true, force: true })
  for (const options of builds) await build({ ...common, ...options, outdir: `${outdir}/${options.outdir ?? ''}` })
  // Copied as it is: it must be readable to a Node too old for the bundle.
  await copyFile('packages/launch.js', `${outdir}/launch.js`)
}

await bundle('packages/cli/bundle', [
  {
    entryPoints: ['packages/cli/src/waxseal.ts', 'packages/cli/src/kubeseal.ts', 'packages/cli/src/repository.ts'],
    plugins: [lazily],
  },
  // openpgp is LGPL: it stays a package of its own, which anybody can replace.
  { entryPoints: { git: 'packages/cli/src/git/main.ts' }, splitting: true, external: ['openpgp'] },
  { entryPoints: { keys: 'packages/cli/src/keys/main.ts' }, external: ['openpgp'], plugins: [lazily] },
  { entryPoints: LAZY, splitting: true, outdir: 'lazy', plugins: [shaken] },
])
await bundle('packages/controller/bundle', [
  { entryPoints: ['packages/controller/src/main.ts'], splitting: true, plugins: [shaken] },
  // Apart, so that a start does not read what only the thread needs.
  { entryPoints: { 'template-worker': 'packages/controller/src/templates/worker.ts' } },
])
