import { existsSync } from 'node:fs'
import { render } from '@waxseal/core/template'
import type { Templates } from '../../src/templates/templates.ts'

/** Rendering in this thread. */
export const inProcess: Templates = {
  begin: () => ({ render, interrupted: false, end: () => undefined }),
  close: () => Promise.resolve(),
}

/** The thread as it is delivered: threads run the built bundle, also in tests. */
export const THREAD: URL = new URL('../../bundle/template-worker.js', import.meta.url)
if (!existsSync(THREAD)) throw new Error(`${THREAD.pathname} is missing: npm run build`)

/** Goes on until the engine has counted enough steps, about a second. */
export const LOOP = '{{ range until 99999 }}{{ range until 99999 }}{{ end }}{{ end }}'
/** Within all limits of the engine takes more memory than a thread with MEMORY_MB has. */
export const MEMORY_MB = 48
export const MEMORY_BOMB = '{{ $l := list }}{{ range until 99 }}{{ $l = append $l (until 99999) }}{{ end }}{{ len $l }}'
