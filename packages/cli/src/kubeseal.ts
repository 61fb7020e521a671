/** The bundle behind the `kubeseal` bin, Bitnami's command line on the same code. */
import { nodeContext } from './io/node.ts'
import { kubeseal } from './kubeseal/main.ts'
import { run } from './run.ts'

process.exitCode = await run(kubeseal, process.argv.slice(2), nodeContext())
