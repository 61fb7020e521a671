import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Unit tests run on the sources; scripts and e2e run the built bins. */
const alias = {
  '@waxseal/core/documents': source('packages/core/src/documents/index.ts'),
  '@waxseal/core/git-crypt': source('packages/core/src/git-crypt/index.ts'),
  '@waxseal/core/template': source('packages/core/src/template/index.ts'),
  '@waxseal/core/x509': source('packages/core/src/x509.ts'),
  '@waxseal/core': source('packages/core/src/index.ts'),
}

const project = (name: string, include: string[], test: object = {}) => ({
  resolve: { alias },
  test: { name, include, ...test },
})

/** Only with `npm run test:faults`: they take minutes. */
const isLong = process.env.WAXSEAL_FAULTS === 'long'
const longFaults = isLong ? ['test/fault/long/*.test.ts'] : []

export default defineConfig({
  test: {
    projects: [
      // Twice the stack: templates nest as deeply as Go's do, which before optimisation may take all of V8's usual megabyte.
      project('core', ['packages/core/test/**/*.test.ts'], { pool: 'forks', execArgv: ['--stack-size=2000'] }),
      project('cli', ['packages/cli/test/**/*.test.ts'], { testTimeout: 60_000 }),
      project('controller', ['packages/controller/test/**/*.test.ts'], { testTimeout: 60_000 }),
      project('scripts', ['test/cli/**/*.test.ts', 'test/docs/**/*.test.ts'], { testTimeout: 60_000 }),
      project('git', ['test/git/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 60_000 }),
      project('deploy', ['test/deploy/**/*.test.ts'], {
        testTimeout: 180_000,
        hookTimeout: 180_000,
        fileParallelism: false,
        globalSetup: ['test/kube/setup.ts', 'test/tools/setup.ts'],
      }),
      project('browser', ['test/browser/**/*.test.ts'], { testTimeout: 180_000 }),
      project('e2e', ['test/e2e/**/*.test.ts', 'test/kube/**/*.test.ts', 'test/fault/*.test.ts', ...longFaults], {
        testTimeout: isLong ? 1_800_000 : 180_000,
        hookTimeout: 180_000,
        fileParallelism: false,
        globalSetup: ['test/kube/setup.ts'],
      }),
    ],
  },
})
