import { ENVIRONMENT } from './environment.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { FORMATS } from './formats.ts'
import { KUBECONFIG } from './kubeconfig.ts'
import { OUTPUT } from './output.ts'
import { SCOPES } from './scopes.ts'

/** What `waxseal help TOPIC` prints, by topic. */
export const TOPICS: Readonly<Record<string, string>> = {
  scopes: SCOPES,
  'exit-codes': EXIT_CODES,
  environment: ENVIRONMENT,
  kubeconfig: KUBECONFIG,
  formats: FORMATS,
  output: OUTPUT,
}
