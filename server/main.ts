import { asksForHelp, exitWithError } from './cli/cli-args.ts'
import { describeEnvironment, misspelledVariables, readConfig } from './config.ts'
import { ConfigError } from './environment.ts'
import { startGateway } from './gateway.ts'
import { OperationsFileError } from './graphql/persisted-operations.ts'
import { ListenError } from './http/server.ts'
import { createLog } from './monitoring/log.ts'
import { startTracing } from './monitoring/tracing.ts'
import { PoliciesFileError } from './share-requests/policies.ts'
import { StoreUnavailable } from './share-requests/store.ts'

const help = `Starts the gateway for production: without the sandbox and without a demo key.

Usage: npm run serve

Environment:
${describeEnvironment()}

Exit codes: 0 after SIGTERM or SIGINT, 1 if the gateway cannot start, 2 for a wrong command line.`

try {
  if (asksForHelp()) console.log(help)
  else await run()
} catch (error) {
  exitWithError(error, [ConfigError, PoliciesFileError, OperationsFileError, ListenError, StoreUnavailable])
}

async function run(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  for (const warning of misspelledVariables(process.env)) log.warn(warning)
  const tracing = await startTracing(process.env, log)
  const gateway = await startGateway({ config, log })
  process.send?.({ listening: gateway.url })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      log.info({ signal }, 'shutting down')
      // After Ctrl-C there is no load balancer to wait for.
      const delayMs = signal === 'SIGTERM' ? config.shutdownDelayMs : 0
      void gateway.stop({ delayMs }).then(() => tracing?.stop())
    })
}
