/** The bundle behind the commands of `waxseal` that look after sealed files. */
import { REPOSITORY } from './commands/repository.ts'
import { waxsealWith } from './commands/waxseal.ts'
import { nodeContext } from './io/node.ts'
import { run } from './run.ts'

process.exitCode = await run(waxsealWith(REPOSITORY), process.argv.slice(2), nodeContext())
