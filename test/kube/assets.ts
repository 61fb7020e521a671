/** Where the programs of a control plane are. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A folder with all programs, or the reason, for a person, why there is none. */
export type Assets = { readonly path: string } | { readonly missing: string }

/** Set to 1 where nothing may be skipped: a control plane that is missing is then a failure. */
export const requireAll = (): boolean => process.env.WAXSEAL_REQUIRE_ALL === '1'

function missingIn(folder: string): string[] {
  return PROGRAMS.filter((name) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return false
    } catch {
      return true
    }
  })
}

/** The folder that `test/kube/assets` builds into. */
function cacheFolder(): string {
  const version = /k8s\.io\/kubernetes v(\S+)/.exec(readFileSync(here('go.mod'), 'utf8'))?.[1]
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waxseal', `kube-${version}`)
}

/** Where they are now, without building: the folder `KUBEBUILDER_ASSETS`, else the cache. */
export function controlPlaneAssets(): Assets {
  const given = process.env.KUBEBUILDER_ASSETS
  if (given !== undefined && given !== '') {
    const missing = missingIn(given)
    return missing.length === 0
      ? { path: given }
      : { missing: `KUBEBUILDER_ASSETS=${given} lacks ${missing.join(', ')}` }
  }
  const cache = cacheFolder()
  if (missingIn(cache).length === 0) return { path: cache }
  return { missing: 'KUBEBUILDER_ASSETS is not set and test/kube/assets, which needs Go 1.26, has not built them' }
}

/**
 * As `controlPlaneAssets`, but builds them (some minutes, once; progress on stderr) where Go can, unless
 * `WAXSEAL_BUILD_ASSETS=0`.
 */
export function buildControlPlaneAssets(): Assets {
  const found = controlPlaneAssets()
  if ('path' in found || process.env.KUBEBUILDER_ASSETS || process.env.WAXSEAL_BUILD_ASSETS === '0') return found
  const built = spawnSync(here('assets'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (built.status === 0) return { path: built.stdout.trim() }
  return { missing: 'test/kube/assets failed, see its error above' }
}
