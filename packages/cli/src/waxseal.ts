/** The bundle behind the `waxseal` bin. */

import { waxseal } from './commands/waxseal.ts'
import { nodeContext } from './io/node.ts'
import { run } from './run.ts'

process.exitCode = await run(waxseal, process.argv.slice(2), nodeContext())
