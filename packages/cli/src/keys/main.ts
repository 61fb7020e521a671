/** The bundle behind `waxseal keys`: apart from the rest, since OpenPGP comes along with it. */
import { nodeContext } from '../io/node.ts'
import { run } from '../run.ts'
import { keys } from './keys.ts'

process.exitCode = await run(keys, process.argv.slice(3), nodeContext())
