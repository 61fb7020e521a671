/** The bundle behind the `waxseal` bin. */
import { SEALING } from './commands/sealing.ts'
import { waxsealWith } from './commands/waxseal.ts'
import { nodeContext } from './io/node.ts'
import { run } from './run.ts'

process.exitCode = await run(waxsealWith(SEALING), process.argv.slice(2), nodeContext())
