/**
 * What npm runs after an install: the build. Plain JavaScript, for whichever Node npm runs on. npm installs a global package from git
 * without what its build needs (npm/cli issue 8440), which is what pre-commit asks for: then that is fetched first.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const { npm_execpath: npm, ...env } = process.env

function run(...args) {
  const local = { ...env, npm_config_global: 'false', npm_config_location: 'user' }
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { stdio: 'inherit', env: local })
    : spawnSync('npm', args, { stdio: 'inherit', env: local, shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync('node_modules/typescript')) run('ci', '--ignore-scripts')
run('run', 'build')
