/** What the image is made of, found on this machine: Node, the shared libraries it needs, the controller and its packages. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Entry } from './tar.ts'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** Something with a name and a version that the image contains. */
export interface Component {
  readonly kind: 'deb' | 'npm' | 'generic'
  readonly name: string
  readonly version: string
  /** SPDX expression, or a name where there is none. */
  readonly license: string
  /** Text of its licence. */
  readonly text: string
}

interface Source {
  readonly entries: readonly Entry[]
  readonly components: readonly Component[]
}

const file = (path: string, content: Uint8Array | string, mode = 0o644): Entry => ({
  ...{ kind: 'file', path, mode },
  content: typeof content === 'string' ? Buffer.from(content) : content,
})

function output(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`)
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const isManifest = (value: unknown): value is Manifest =>
  typeof value === 'object' && value !== null && 'name' in value && 'version' in value

/** The package.json of a folder. */
export function manifestOf(folder: string): Manifest {
  const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (isManifest(parsed)) return parsed
  throw new Error(`${join(folder, 'package.json')} has no name or version`)
}

/** The licence that comes with a package. */
function licenceText(folder: string): string {
  const [name] = readdirSync(folder)
    .filter((entry) => /^licen[cs]e/i.test(entry))
    .toSorted()
  return name === undefined ? '' : readFileSync(join(folder, name), 'utf8')
}

/** The pinned Node of package.json, as npm installed it. */
export function node(): Source {
  const folder = join(root, 'node_modules', `node-linux-${process.arch}`)
  if (!existsSync(folder)) throw new Error(`${folder} is missing: run npm ci`)
  const component = { kind: 'generic', name: 'node', version: manifestOf(folder).version, license: 'MIT' } as const
  return {
    entries: [file('usr/bin/node', readFileSync(join(folder, 'bin', 'node')), 0o755)],
    components: [{ ...component, text: licenceText(folder) }],
  }
}

/** The shared libraries that Node is linked with, from the Debian packages of this machine. */
export function libraries(): Source {
  const lines = output('ldd', [join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')]).split('\n')
  const paths = lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []).toSorted()
  if (paths.length === 0) throw new Error('ldd names no library of Node')
  const owners = paths.map((path) => ownerOf(path))
  const components = [...new Set(owners)].toSorted().map((name): Component => {
    // \x24 is a dollar sign: dpkg's own placeholder.
    const version = output('dpkg-query', ['-W', '-f', '\x24{Version}', name])
    const plain = name.split(':')[0] ?? name
    const text = readFileSync(realpathSync(`/usr/share/doc/${plain}/copyright`), 'utf8')
    return { kind: 'deb', name: plain, version, license: 'see copyright', text }
  })
  return { entries: paths.map((path) => file(path.slice(1), readFileSync(path), 0o755)), components }
}

/** Debian's package of a file, which may be known by its name before /lib became a link to /usr/lib. */
function ownerOf(path: string): string {
  const real = realpathSync(path)
  for (const candidate of [path, real, real.replace(/^\/usr/, '')]) {
    const { status, stdout } = spawnSync('dpkg-query', ['-S', candidate], { encoding: 'utf8' })
    if (status === 0) return stdout.slice(0, stdout.lastIndexOf(': '))
  }
  throw new Error(`${path} belongs to no Debian package`)
}

/** Accounts and name resolution, as glibc and Node look for them. */
export function etc(): Source {
  const user = 'nonroot:x:65532:65532:nonroot:/:/nonexistent\n'
  return {
    entries: [
      file('etc/passwd', `root:x:0:0:root:/:/nonexistent\n${user}`),
      file('etc/group', 'root:x:0:\nnonroot:x:65532:\n'),
      file('etc/nsswitch.conf', 'hosts: files dns\n'),
    ],
    components: [],
  }
}

/** The controller as `npm run build` made it, started by its name without a shell. */
export function controller(): Source {
  const folder = join(root, 'packages', 'controller')
  const built = ['bin/**/*.js', 'bundle/**/*.js'].flatMap((pattern) => globSync(pattern, { cwd: folder })).toSorted()
  if (!built.includes('bundle/main.js')) throw new Error(`${folder}/bundle is missing: run npm run build`)
  const entries = built.map((path) => file(`app/${path}`, readFileSync(join(folder, path))))
  const { name, version } = manifestOf(folder)
  const license = readFileSync(join(root, 'LICENSE'), 'utf8')
  return {
    entries: [
      ...entries,
      file('app/package.json', `${JSON.stringify({ name, version, type: 'module' })}\n`),
      file('usr/bin/controller', "#!/usr/bin/node\nimport('/app/bin/waxseal-controller.js')\n", 0o755),
    ],
    components: [{ kind: 'npm', name, version, license: 'Apache-2.0', text: license }, ...packages(folder)],
  }
}

/** Every package that the controller depends on, and that those depend on: what the bundle may contain. */
function packages(folder: string): Component[] {
  const found = new Map<string, Component>()
  const visit = (from: string): void => {
    for (const name of Object.keys(manifestOf(from).dependencies ?? {})) {
      const at = packageFolder(name, from)
      const { version, license = 'see text' } = manifestOf(at)
      if (found.has(`${name}@${version}`)) continue
      found.set(`${name}@${version}`, { kind: 'npm', name, version, license, text: licenceText(at) })
      visit(at)
    }
  }
  visit(folder)
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Where Node would find a package: the nearest node_modules that has it. */
function packageFolder(name: string, from: string): string {
  const paths = createRequire(join(realpathSync(from), 'package.json')).resolve.paths(name) ?? []
  const found = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')))
  if (found === undefined)
    throw new Error(`${name}, needed in ${relative(root, dirname(from))}, is not installed: run npm ci`)
  return realpathSync(found)
}
